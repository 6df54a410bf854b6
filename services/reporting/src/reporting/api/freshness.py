"""How far the figures are behind the facts: what this process has yet to hear, and whether it hears anything at all."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from access.routes import open_to_anyone
from events.transport import metrics

router = APIRouter(prefix="/api")


@router.get("/freshness")
@open_to_anyone("how far the public figures are behind is as public as they are")
async def freshness() -> JSONResponse:
    """Facts in the log that are `unheard`, None where no consumer runs; while it `is_cut_off`, there may be more."""
    lags = list(_values(metrics.LAG))
    deaf = any((*_values(metrics.KAFKA_AWAY), *_values(metrics.BREAKER_OPEN)))
    return JSONResponse(
        {"unheard": int(sum(lags)) if lags else None, "is_cut_off": deaf}, headers={"Cache-Control": "no-store"}
    )


def _values(gauge: Any) -> Iterator[float]:
    return (sample.value for metric in gauge.collect() for sample in metric.samples)
