"""The registry's door: files and single things in, pages and counts out."""

from fastapi import FastAPI

from registry.api import (
    absences,
    agencies,
    attendance,
    counts,
    enterprises,
    forgotten,
    imports,
    inspections,
    managers,
    problems,
    programmes,
    suspensions,
)

ROUTERS = (
    *(programmes, agencies, inspections, suspensions, managers, attendance, absences),
    *(enterprises, imports, counts, forgotten),
)


def open_door() -> FastAPI:
    """The app with all its routes and refusals; the callers' keys are still to come."""
    app = FastAPI(title="registry", openapi_url=None)
    problems.add(app)
    for module in ROUTERS:
        app.include_router(module.router)
    return app
