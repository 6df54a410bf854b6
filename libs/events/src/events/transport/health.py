"""Health: the answers for the orchestrator (does it live, may it be asked) and for Prometheus."""

import asyncio

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from events.transport.db import Pool
from events.transport.parts import Parts


def add_health(app: FastAPI, pool: Pool, parts: Parts, running: asyncio.Task[None]) -> None:
    """Ready is who has its database and living parts; Kafka away shuts no door, for the outbox keeps what is said."""

    async def live(_: Request) -> Response:
        dead = ["a part has ended"] if running.done() else []
        if parts.consumer and not parts.consumer.is_alive:
            dead.append("consumer does not poll")
        return JSONResponse({"dead": dead}, 503 if dead else 200)

    async def ready(_: Request) -> Response:
        trouble = parts.trouble
        try:
            await pool.fetchval("select 1", timeout=2)
        except Exception as error:
            trouble.append(f"database: {error!r}")
        return JSONResponse({"trouble": trouble, "waiting": parts.waiting}, 503 if trouble else 200)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    for path, answer in (("/health/live", live), ("/health/ready", ready), ("/metrics", metrics)):
        app.router.add_route(path, answer)
