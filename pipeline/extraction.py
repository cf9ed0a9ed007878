"""The extraction of single files for a person or a program to see, within the same bounds as in a run, without a database."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from extractors.model import Extraction, Reading
from pipeline.cache import ContentCache, unpack_reading
from pipeline.crew import Worker
from pipeline.discover import Trouble, digest, discover, printable
from pipeline.ingest import orders
from pipeline.settings import Settings
from pipeline.spacy_start import import_spacy
from pipeline.store import FileRow
from pipeline.work import GOOD, Job, reading_version


def extracted(paths: Sequence[Path], settings: Settings) -> Iterator[tuple[Path, Reading, Extraction | None, FileRow | None]]:
    """Each file of ``paths`` as (path, reading, extraction, failure); the last two say which it is.

    A worker reads and extracts first, so that a document that hangs or crashes is named and the next one goes on; what it could do
    within its bounds is then done again here, from its reading.
    """
    import_spacy()
    from extractors.assemble import extract
    from rules.ruleset import load_rules

    rules = load_rules(settings.organisation)
    with tempfile.TemporaryDirectory(prefix="uppdrag-") as folder:
        told = replace(orders(settings, "extract"), cache=folder)
        readings = ContentCache(Path(folder) / "readings", reading_version())
        worker = Worker(told)
        try:
            for item in discover(paths):
                sha256 = digest(item) if not isinstance(item, Trouble) else item
                if isinstance(sha256, Trouble):
                    row = FileRow(printable(sha256.path), None, 0, -1, sha256.status, sha256.message)
                    yield Path(sha256.path), Reading("", Path(row.path).name, sha256.status, (), sha256.message), None, row
                    continue
                done = worker.do(Job(item.path, sha256))
                kept = readings.get(sha256)
                failure = None
                if done.status not in GOOD:
                    failure = FileRow(printable(item.path), sha256, 0, -1, done.status, done.message)
                if kept is None or (done.status not in GOOD and not done.in_cache):
                    yield Path(item.path), Reading(sha256, Path(printable(item.path)).name, done.status, (), done.message), None, failure
                    continue
                reading = replace(unpack_reading(kept), name=Path(printable(item.path)).name)
                yield Path(item.path), reading, extract(reading, rules) if reading.status in GOOD else None, failure
        finally:
            worker.close()
