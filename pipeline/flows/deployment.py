"""``uppdrag deploy``: the nightly flow on a Prefect server, with its schedule, run from this process for as long as it lasts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.flows.server import ServerError, prepare
from pipeline.settings import Settings


def deploy(
    paths: Sequence[Path],
    settings: Settings,
    *,
    name: str,
    cron: str,
    timezone: str,
    retry: bool = False,
    at_once: bool = False,
    say: Callable[[str], None] = print,
) -> None:
    """Registers the deployment ``uppdrag nightly/NAME`` at the server ``PREFECT_API_URL`` names, and runs it when it is due, one run at a
    time, until interrupted; then its schedule is paused, so that nothing queues up while nobody is there to run it.

    ``cron`` is five fields in ``timezone``. With ``at_once`` a first run begins now. Raises :class:`ServerError` where no server is named,
    it does not answer, or does not take the schedule.
    """
    if not os.environ.get("PREFECT_API_URL"):
        raise ServerError(
            "A deployment lives on a Prefect server: start one (prefect server start) and name it, as in"
            " PREFECT_API_URL=http://127.0.0.1:4200/api uppdrag deploy."
        )
    # A server that lasts keeps the log of each run.
    os.environ.update({"PREFECT_LOGGING_TO_API_ENABLED": "true", "PREFECT_LOGGING_LEVEL": "INFO"})
    prepare(settings.processed / "prefect")
    import asyncio

    import httpx
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments import run_deployment
    from prefect.exceptions import PrefectException
    from prefect.runner import Runner
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from pipeline.flows.nightly import FLOW, nightly

    runner = Runner(name=name, pause_on_shutdown=True, limit=1)
    told = settings.model_dump(mode="json", exclude_none=True)
    for key in ("data", "db"):
        if key in told:
            told[key] = os.path.abspath(told[key])  # noqa: PTH100 - the flow runs from another folder
    try:
        runner.add_flow(
            nightly,
            name=name,
            schedule=Cron(cron, timezone=timezone),
            # Two writers would wait for each other: a run that is due while another is at work is left out.
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
            parameters={"paths": [os.path.abspath(path) for path in paths], "settings": told, "retry": retry},  # noqa: PTH100
            description="Reads what is new in the folders into the database.",
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        say(f"Deployed {FLOW}/{name}: {cron} ({timezone}). It runs while this command does; Ctrl-C ends it and pauses the schedule.")
        if at_once:
            run_deployment(f"{FLOW}/{name}", timeout=0)
    except (httpx.HTTPError, PrefectException, ValueError, RuntimeError) as error:
        raise ServerError(f"The server {os.environ['PREFECT_API_URL']} did not take the deployment: {error}") from error
    with suppress(KeyboardInterrupt):  # how it is meant to end
        asyncio.run(runner.start())
    say("Ended; the schedule is paused until the next uppdrag deploy.")
