"""How counters follow rows: what a statement takes away and adds, in the same statement."""

from collections.abc import Sequence

SHARD = "pg_backend_pid() % 64"
"""Sessions that write side by side write different rows of a counter; readers add them up."""

MOVED = """
    moved as (
        select sign, (standing).* from changed, lateral (values (-1, old), (1, new)) either(sign, standing)
        where (standing).enterprise_id is not null
    )
"""
"""The rows of `changed` as they were (sign -1) and as they are (sign 1); `changed` returns old and new."""


def added(table: str, keys: Sequence[str], amounts: Sequence[str], rows: str) -> str:
    """SQL that adds rows of amounts (shard and keys first) to a counter."""
    sums = ", ".join(f"{amount} = known.{amount} + excluded.{amount}" for amount in amounts)
    given = ", ".join(f"amount_{number}" for number, _ in enumerate(amounts))
    whole = ", ".join(f"coalesce(amount_{number}, 0)" for number, _ in enumerate(amounts))
    held = ", ".join(("shard", *keys))
    return f"""
        insert into {table} as known ({held}, {", ".join(amounts)})
        select {held}, {whole} from ({rows}) rows({held}, {given}) order by {held}
        on conflict ({held}) do update set {sums}
    """  # noqa: S608 - names of ours
