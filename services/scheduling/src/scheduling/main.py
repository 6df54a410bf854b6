"""The scheduling service, put together."""

from functools import partial

from access.keys import read_public_keys
from events.transport.hosting import Service
from scheduling.api import door
from scheduling.booking import keep_booking
from scheduling.handlers import HEARS, RECALLS
from scheduling.planning.between_plans import keep_placing, keep_telling
from scheduling.planning.desk import Desk, keep_planning
from scheduling.settings import Settings


def build(settings: Settings | None = None) -> Service:
    """The service as its settings say."""
    said = settings or Settings()  # pyright: ignore[reportCallIssue] - what is not given comes from the environment
    desk = Desk(
        said.database_url,
        said.planner,
        said.books_after,
        said.lease_seconds,
        said.freeze_days,
        gather_seconds=said.gather_seconds,
        replan_seconds=3_600 * said.replan_hours,
    )
    return Service(
        name="scheduling",
        settings=said,
        app=door(read_public_keys(said.access_keys)),
        hears=HEARS,
        recalls=RECALLS,
        works={
            "planning": partial(keep_planning, desk=desk),
            "placing": partial(keep_placing, desk=desk),
            "telling": partial(keep_telling, desk=desk),
            "booking": partial(keep_booking, books_after=said.books_after),
        },
    )
