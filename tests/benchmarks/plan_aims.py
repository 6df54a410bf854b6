"""The figures of the plan's benchmark: each one's unit, its aim where there is one, and which way is better."""

from collections.abc import Mapping

from figures import Figure

AIMS: dict[str, tuple[str, float | None, str]] = {
    "plan_s": ("s", 30, "lower"),
    "plan_rss_mb": ("MB", 1024, "lower"),
    "plan_violations": ("", 0, "lower"),
    "scheduled_share": ("", 0.999, "higher"),
    "km_over_radial": ("x", 1.12, "lower"),
    "km_over_fcfs": ("x", 0.35, "lower"),
    "stream_over_offline": ("x", 1.15, "lower"),
    "wait_riskiest_days": ("days", 15, "lower"),
    "bundles_over_pyvrp": ("%", 1.0, "lower"),
    "agencies_over_pyvrp": ("%", 2.5, "lower"),
    "x_n219_gap": ("%", 0.5, "lower"),
    "x_n376_gap": ("%", 0.5, "lower"),
    "event_ms": ("ms", 1.0, "lower"),
    "suspension_s": ("s", 10, "lower"),
    "published_moved": ("", 0, "lower"),
    "what_if_province_s": ("s", 1.0, "lower"),
    "what_if_nation_s": ("s", 30, "lower"),
    "what_if_largest_province_s": ("s", None, "lower"),
    "what_if_cold_s": ("s", None, "lower"),
    "plan_cpu_s": ("s", None, "lower"),
    "km_a_visit": ("km", None, "lower"),
    "verify_s": ("s", None, "lower"),
    "nation_violations": ("", 0, "lower"),
    "suspension_violations": ("", 0, "lower"),
    "wait_riskiest_p90_days": ("days", 35, "lower"),
    "event_arrive_ms": ("ms", 1.0, "lower"),
    "event_close_ms": ("ms", 1.0, "lower"),
    "event_missed_ms": ("ms", 1.0, "lower"),
    "event_hand_back_ms": ("ms", 1.0, "lower"),
    "event_another_day_ms": ("ms", 1.0, "lower"),
    "event_p99_ms": ("ms", None, "lower"),
    "shortfall_over_bound": ("x", 1.01, "lower"),
    "stream_scheduled_share": ("", 0.999, "higher"),
    "stream_wait_riskiest_days": ("days", 15, "lower"),
    "stream_wait_riskiest_p90_days": ("days", 35, "lower"),
    "stream_violations": ("", 0, "lower"),
    "stream_published_moved": ("", 0, "lower"),
    "stream_arrival_ms": ("ms", 1.0, "lower"),
    "stream_forecast_low_over_offline": ("x", 1.15, "lower"),
    "stream_forecast_low_scheduled_share": ("", 0.999, "higher"),
    "stream_forecast_low_wait_riskiest_days": ("days", 15, "lower"),
    "stream_forecast_low_wait_riskiest_p90_days": ("days", 35, "lower"),
    "stream_forecast_low_violations": ("", 0, "lower"),
    "stream_forecast_low_published_moved": ("", 0, "lower"),
    "bundles_as_planned_over_pyvrp": ("%", None, "lower"),
    "growth_400k_over_20k": ("x", 25, "lower"),
}


def told(values: Mapping[str, float | None], reasons: Mapping[str, str]) -> list[Figure]:
    """Every figure in the order above; what has no value says why."""
    return [
        Figure(name, values.get(name), unit, aim, "higher" if up == "higher" else "lower", _why(name, values, reasons))
        for name, (unit, aim, up) in AIMS.items()
    ]


def _why(name: str, values: Mapping[str, float | None], reasons: Mapping[str, str]) -> str:
    """Why there is no value; nothing where there is one."""
    return "" if values.get(name) is not None else reasons.get(name) or "its part was not run"
