"""Our own run, as a process of its own so that its memory can be watched: ``python -m pipeline.bench.ours FOLDER DATA ENGINE WORKERS``

Does what ``uppdrag ingest`` does, and prints one JSON line: pages and seconds from the first look at the files to the last row loaded
and indexed. Prefect's start is outside the clock; of our own workers' start what is left when the work begins (they start together).
``cpu_seconds`` is processor time of this process alone, its imports and Prefect's start left out.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from pipeline.ingest import Mapper, Outcome, carry_out, hire, in_threads, make_plan
from pipeline.progress import Silent
from pipeline.settings import load_settings
from pipeline.store import Store


def measure(folder: Path, data: Path, engine: str, workers: int) -> dict[str, float]:
    """Pages, documents, failures, and the seconds of planning and of the run. The database is DATA/processed/uppdrag.db."""
    settings = load_settings(data=data, ocr=False, workers=workers)
    settings.processed.mkdir(parents=True, exist_ok=True)
    began, busy = time.perf_counter(), -time.process_time()
    with Store.open(settings.database) as store:
        plan = make_plan([folder], store, settings)
        planned = time.perf_counter() - began
        busy += time.process_time()
        with hire(plan, settings) as crew:

            def run(mapper: Mapper) -> Outcome:
                nonlocal busy
                # With Prefect the workers get ready while its server starts: what is left of their start counts.
                before = time.process_time()
                outcome = carry_out(plan, store, settings, crew, mapper, Silent())
                busy += time.process_time() - before
                return outcome

            if engine == "direct" or not plan.jobs:
                outcome = run(in_threads(settings.worker_count))
            else:
                from pipeline.flows import run_as_flow

                outcome = run_as_flow(
                    run,
                    name="uppdrag bench",
                    workers=settings.worker_count,
                    home=settings.processed / "prefect",
                    parameters={"documents": len(plan.jobs)},
                )
    return {
        "documents": outcome.documents,
        "pages": outcome.pages,
        "failures": len(outcome.failures),
        "plan_seconds": planned,
        "seconds": planned + outcome.seconds,
        "cpu_seconds": busy,
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))))
