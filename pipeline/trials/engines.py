"""The same archive by each engine: the same database, and what each costs beside the others."""

from __future__ import annotations

import re
import resource
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.bench.material import make
from pipeline.trials.runs import Runs, TrialError, content, database_of, differences

ENGINES = (("direct", 2), ("prefect", 2), ("dask", 2), ("dask", 4))


@dataclass
class Engines:
    """A run by each engine: (engine, workers, seconds of the work, seconds of processor time with all starts)."""

    pages: int
    documents: int
    runs: list[tuple[str, int, float, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether all databases hold the same."""
        return not self.wrong

    def summary(self) -> str:
        """A line for each engine."""
        lines = [f"{self.pages} pages in {self.documents} documents."]
        for engine, workers, seconds, busy in self.runs:
            rate = self.pages / seconds
            lines.append(f"  {engine:<8}{workers} workers {rate:7.1f} pages/s, processor time {1000 * busy / self.pages:6.2f} ms a page")
        return "\n".join([*lines, "The same database each time." if self.well else "", *self.wrong]).strip()


def engines(pages: int, *, which: Sequence[tuple[str, int]] = ENGINES, sources: Sequence[Path] | None = None) -> Engines:
    """Holds the trial. Servers and clusters start outside the seconds, not outside the processor time. Raises :class:`TrialError`."""
    with tempfile.TemporaryDirectory(prefix="uppdrag-engines-") as name:
        folder = Path(name)
        material = make(folder / "files", pages, sources)
        trial = Engines(material.pages, len(material.files))
        wanted: dict[str, str] = {}
        for engine, workers in which:
            data = folder / f"{engine}{workers}"
            runs = Runs(folder / "files", ("--no-ocr", "--engine", engine, "--workers", str(workers)))
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            ended = runs.ingest(data)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            said = re.search(r"pages in ([\d.]+) s", ended.out)
            if ended.code != 0 or said is None:
                raise TrialError(f"The run by {engine} ended with {ended.code}:\n{ended.err[-2000:]}")
            busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            trial.runs.append((engine, workers, float(said.group(1)), busy))
            found = content(database_of(data))
            wanted = wanted or found
            if other := differences(wanted, found):
                trial.wrong.append(f"{engine} with {workers} workers has other content in {', '.join(other)}.")
            trial.wrong += [f"{engine} with {workers} workers left behind: {command}" for command in runs.left_behind()]
        return trial
