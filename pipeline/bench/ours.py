"""Our own run, as a process of its own so that its memory can be watched: ``python -m pipeline.bench.ours FOLDER DATA ENGINE WORKERS``

Does what ``uppdrag ingest`` does, and prints one JSON line: pages and seconds from the first look at the files to the last row loaded,
indexed and linked, and those that it then takes to make the threads of what was linked. Prefect's start is outside the clock, and so are
this process's own imports and rules, as the naive pipeline's are; of our workers' start what is left when the work begins (they start
together). ``cpu_seconds`` is processor time of this process alone, its imports and Prefect's start left out.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.ingest import Mapper, Outcome, Plan, Workforce, carry_out, hire, in_threads, make_plan, orders
from pipeline.progress import Silent
from pipeline.settings import Settings, load_settings
from pipeline.store import Store
from pipeline.work import fingerprint


def measure(folder: Path, data: Path, engine: str, workers: int) -> dict[str, float]:
    """Pages, documents, failures, and the seconds of planning, of the run and of the threads. The database is DATA/processed/uppdrag.db."""
    settings = load_settings(data=data, ocr=False, workers=workers)
    settings.processed.mkdir(parents=True, exist_ok=True)
    fingerprint(settings.organisation)  # imports what reads rules, and reads them
    began, busy = time.perf_counter(), -time.process_time()
    with Store.open(settings.database) as store:
        plan = make_plan([folder], store, settings)
        planned = time.perf_counter() - began
        busy += time.process_time()

        def run(crew: Workforce, mapper: Mapper) -> Outcome:
            nonlocal busy
            # With Prefect the workers get ready while its server starts: what is left of their start counts.
            before = time.process_time()
            outcome = carry_out(plan, store, settings, crew, mapper, Silent())
            busy += time.process_time() - before
            return outcome

        outcome = _by(engine, plan, settings, run)
    return {
        "documents": outcome.documents,
        "pages": outcome.pages,
        "failures": len(outcome.failures),
        "plan_seconds": planned,
        "seconds": planned + outcome.loaded_after,
        "threads_seconds": outcome.seconds - outcome.loaded_after,
        "cpu_seconds": busy,
    }


def _by(engine: str, plan: Plan, settings: Settings, run: Callable[[Workforce, Mapper], Outcome]) -> Outcome:
    """The run by the engine named."""
    home, shown = settings.processed / "prefect", {"documents": len(plan.jobs)}
    workers = settings.worker_count
    if engine == "dask" and plan.jobs:
        from pipeline.distant import Distant
        from pipeline.flows import run_as_flow
        from pipeline.flows.cluster import Cluster

        cluster = Cluster(None, workers, settings.processed / "dask")
        with Distant(orders(settings, plan.fingerprint), workers) as crew:
            work = partial(run, crew)
            return run_as_flow(work, name="uppdrag bench", workers=workers, home=home, parameters=shown, cluster=cluster)
    with hire(plan, settings) as own:
        work = partial(run, own)
        if engine == "direct" or not plan.jobs:
            return work(in_threads(workers))
        from pipeline.flows import run_as_flow

        return run_as_flow(work, name="uppdrag bench", workers=workers, home=home, parameters=shown)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))))
