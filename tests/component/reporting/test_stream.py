"""The page updates while facts flow: what the service streams over HTTP, and what the page's connection makes of it."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

WEB = Path(__file__).parents[3] / "services" / "reporting" / "web"
NODE = Path(sys.executable).parent / "node"
SPRING = date(2023, 4, 19)


@asynccontextmanager
async def served(app: FastAPI) -> AsyncGenerator[str]:
    """Where an app answers over HTTP: in this process no stream would come before it has ended."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve([listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


async def one_message(lines: Any) -> str:
    """The next message of a stream that carries anything, with what came before it."""
    read = list[str]()
    async for line in lines:
        read.append(line)
        if not line and any(one.startswith("data:") for one in read):
            break
    return "\n".join(read) + "\n"


def live_on(wire: str, folder: Path) -> Any:
    """What the page is told by its own connection, bundled from its source, of such a stream."""
    subprocess.run([sys.executable, WEB / "build.py"], check=True)
    bundle = (NODE, WEB / "node_modules/esbuild/bin/esbuild", "src/live.ts", "--bundle", "--format=esm")
    subprocess.run([*bundle, f"--outfile={folder / 'live.mjs'}"], cwd=WEB, check=True, capture_output=True)
    words = (NODE, Path(__file__).with_name("live.mjs"), folder / "live.mjs")
    answer = subprocess.run(words, input=wire.encode(), capture_output=True, check=False)
    assert answer.returncode == 0, answer.stderr.decode()
    return json.loads(answer.stdout)


async def test_the_page_is_told_of_every_change_while_facts_flow(reporting: Any, log: Any, tmp_path: Path) -> None:
    office = await reporting()
    log.open_programme()
    await office.hear(log.said)
    async with (
        served(office.app) as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client,
        client.stream("GET", "/api/progress/stream") as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        wire = await one_message(lines)
        log.visit("bakery", 1, "completed", SPRING)
        await office.hear(log.said[-1:])
        wire += await one_message(lines)
    told = await asyncio.to_thread(live_on, wire, tmp_path)
    assert told["streams"] == ["/api/progress/stream?programme_id=7"]
    assert [one["nation"]["visits_completed"] for one in told["documents"]] == [0, 1]
    assert told["documents"][-1] == json.loads(await office.document())
    assert (told["statuses"][0], told["statuses"].count("live"), told["statuses"][-1]) == ("loading", 1, "polling")
