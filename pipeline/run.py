"""One run of an archive: plan it, choose what runs its batches, carry it out. For the command line, the nightly flow and whoever else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.ingest import Mapper, Outcome, carry_out, hire, in_threads, make_plan, orders
from pipeline.progress import Reporter
from pipeline.settings import Settings
from pipeline.store import Store

if TYPE_CHECKING:
    from pipeline.flows import Tables
    from pipeline.ingest import Plan

OUTCOMES, NOT_READ = "uppdrag-outcomes", "uppdrag-not-read"
"""The keys of the artifacts a flow leaves: how many files became what, and each one that was not read."""

_SHOWN = 1_000  # files not read that are listed in an artifact; the database has all


class RunError(Exception):
    """The run could not be carried out; the message says what to do. What was loaded is kept."""


def run(paths: Sequence[Path], settings: Settings, report: Reporter, *, retry: bool = False) -> Outcome:
    """Brings the database up to date with the files of ``paths``. Raises RunError, StoreError or RuleError, each with a sentence.

    Call it from the main thread: it loads, and a flow wants it.
    """
    from pipeline.crew import WorkerError
    from rules.ruleset import load_rules

    if settings.db is None:
        settings.processed.mkdir(parents=True, exist_ok=True)
    with Store.open(settings.database) as store:
        plan = make_plan(paths, store, settings, retry=retry)
        engine = engine_for(plan, settings)
        report.say(
            "plan",
            f"{len(plan.jobs)} documents to read, {len(plan.unchanged)} unchanged.",
            documents=len(plan.jobs),
            unchanged=len(plan.unchanged),
            bytes=plan.size,
            engine=engine,
        )
        shown = {"paths": [str(path) for path in paths], "db": str(settings.database), "documents": len(plan.jobs)}
        try:
            outcome = run_plan(plan, store, settings, report, engine, name="uppdrag ingest", shown=shown)
        except WorkerError as error:
            load_rules(settings.organisation)  # where a rule does not hold, that is why none can work, and is said in its words
            raise RunError(str(error)) from error
        said = f"{outcome.documents} documents done in {outcome.seconds:.1f} s."
        report.say("end", said, documents=outcome.documents, pages=outcome.pages, failures=len(outcome.failures))
        return outcome


def engine_for(plan: Plan, settings: Settings) -> str:
    """What runs the batches of a plan: as set; by default no server for a few files, nor where nothing is to be read."""
    if not plan.jobs:
        return "direct"
    if settings.engine != "auto":
        return settings.engine
    if len(plan.jobs) <= settings.direct_files and plan.size <= settings.direct_mib * 2**20:
        return "direct"
    return "prefect" if settings.cluster is None else "dask"


def run_plan(plan: Plan, store: Store, settings: Settings, report: Reporter, engine: str, *, name: str, shown: dict[str, Any]) -> Outcome:
    """Carries the plan out by the engine named. Raises RunError, and WorkerError where no worker can be started."""
    if engine == "direct":
        with hire(plan, settings) as crew:
            return carry_out(plan, store, settings, crew, in_threads(settings.worker_count), report)
    from pipeline.flows import ServerError, run_as_flow

    flow: dict[str, Any] = {"name": name, "workers": settings.worker_count, "home": settings.processed / "prefect", "parameters": shown}
    try:
        if engine == "dask":
            from pipeline.distant import Distant
            from pipeline.flows.cluster import Cluster, ClusterError

            try:
                cluster = Cluster(settings.cluster, settings.worker_count, settings.processed / "dask")
                with Distant(orders(settings, plan.fingerprint), settings.worker_count) as elsewhere:
                    return run_as_flow(
                        lambda mapper: carry_out(plan, store, settings, elsewhere, mapper, report),
                        tables=outcome_tables,
                        cluster=cluster,
                        **flow,
                    )
            except ClusterError as error:
                raise RunError(str(error)) from error
        with hire(plan, settings) as crew:

            def body(mapper: Mapper) -> Outcome:
                return carry_out(plan, store, settings, crew, mapper, report)

            return run_as_flow(body, tables=outcome_tables, **flow)
    except ServerError as error:
        raise RunError(str(error)) from error


def outcome_tables(outcome: Outcome) -> Tables:
    """What a run leaves on a Prefect server: the count of each status, and the files that were not read, with the sentence of each."""
    counts = [{"status": status, "files": files} for status, files in sorted(outcome.statuses.items())]
    failures = [{"path": row.path, "status": str(row.status), "message": row.message or ""} for row in outcome.failures[:_SHOWN]]
    return {OUTCOMES: counts, NOT_READ: failures}
