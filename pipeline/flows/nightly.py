"""The flow of a deployment: look through the folders, read what is new, leave a table of outcomes. Imported by Prefect, by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State, StateType

from pipeline.progress import Silent
from pipeline.run import run
from pipeline.settings import load_settings
from pipeline.work import GOOD, Done

FLOW = "uppdrag nightly"


class Logged(Silent):
    """What a run says, in the log of the flow's run: sentences, and each document that is not well."""

    def __init__(self) -> None:
        self.log = get_run_logger()

    def say(self, event: str, sentence: str, **facts: object) -> None:
        """The sentence."""
        self.log.info(sentence)

    def document(self, done: Done, size: int) -> None:
        """Nothing, where it is well."""
        if done.status not in GOOD:
            self.log.warning("%s: %s", done.status, done.path)


@flow(name=FLOW, log_prints=False, persist_result=False)
def nightly(paths: list[str], settings: dict[str, Any], retry: bool = False) -> State[Any]:
    """Brings the database up to date with the folders: what is there already, unchanged, is left alone.

    ``settings`` are those of ``uppdrag ingest``. The run is *Completed*; where files could not be read, its state says how many.
    """
    outcome = run([Path(path) for path in paths], load_settings(**settings), Logged(), retry=retry)
    said = f"{outcome.documents} documents read, {outcome.unchanged} files unchanged, {len(outcome.failures)} not read."
    return State(type=StateType.COMPLETED, name="Not all read" if outcome.failures else "Completed", message=said)
