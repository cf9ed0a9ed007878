"""An archive into the database: find files, leave out what is there already, have batches worked on, load what comes back, in order.

How batches are run is somebody else's: :func:`in_threads` here, or the tasks of a Prefect flow (:mod:`pipeline.flows`). Both hand
back outcomes in the order of the batches, so that the same archive gives the same database, row numbers included, whoever runs it,
however often it is interrupted and begun again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from extractors.model import FileStatus, Reading
from pipeline.cache import ContentCache, unpack_rows
from pipeline.collector import collected_rarely
from pipeline.crew import Crew
from pipeline.discover import Found, Trouble, digests, discover, printable
from pipeline.progress import Reporter
from pipeline.rows import DocumentRows, to_rows
from pipeline.settings import Settings
from pipeline.store import FileRow, Store
from pipeline.work import GOOD, Done, Job, Orders, fingerprint

_BATCH_BYTES = 64 << 20  # a batch of scans is not to keep one worker for the rest of the night

Batch = tuple[Job, ...]
Work = Callable[[Batch], list[Done]]
Mapper = Callable[[Sequence[Batch], Work], Iterator[list[Done]]]
"""Runs batches, several at a time, and gives their outcomes in the order of the batches."""


@dataclass
class Plan:
    """What a run has to do. ``files`` are all paths of the run as they will be noted once their document is in; ``jobs`` one for each
    document that has to be worked on; ``notes`` the paths about which there is something new though no document has to be read."""

    fingerprint: str
    jobs: list[Job] = field(default_factory=list)
    job_bytes: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, list[Found]] = field(default_factory=lambda: defaultdict(list))
    notes: list[FileRow] = field(default_factory=list)
    forget: list[str] = field(default_factory=list)
    unchanged: list[FileRow] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes to be worked on."""
        return sum(self.job_bytes.values())

    @property
    def is_empty(self) -> bool:
        """Whether the database is as it should be already."""
        return not (self.jobs or self.notes or self.forget)

    def batches(self, size: int, workers: int) -> list[Batch]:
        """The jobs in order, in batches of at most ``size``, small enough that all workers have some, and with less and less to read
        towards the end."""
        batches: list[Batch] = []
        batch: list[Job] = []
        left, most, weight = float(self.size), 0.0, 0
        # A task costs Prefect as much as some pages cost us: at the end of a long run, too, it is worth about three documents.
        least = left * max(1, min(3, len(self.jobs) // (8 * workers))) / max(len(self.jobs), 1)
        for job in self.jobs:
            size_of_job = self.job_bytes[job.sha256]
            if batch and (len(batch) >= size or weight + size_of_job / 2 > most or weight + size_of_job > _BATCH_BYTES):
                batches.append(tuple(batch))
                batch, weight = [], 0
            if not batch:
                # NOTE: a share of what is left. With batches of one size, one worker was at its last while the others had nothing to do,
                # and all of it was loaded when nobody read any more: a fifteenth of a run of 5,000 pages. By bytes, which go with the
                # pages: by documents, nine long ones were waited for when all behind them had been read.
                most = max(least, left / (1.5 * workers))
            batch.append(job)
            weight += size_of_job
            left -= size_of_job
        return [*batches, tuple(batch)] if batch else batches


@dataclass
class Outcome:
    """What a run did. ``failures`` are all paths of this run that are not read, those known from earlier runs included; ``statuses`` counts
    all its paths by what became of them. ``seconds`` are those of the whole run, ``loaded_after`` those to the last row loaded, indexed and
    linked; the rest is for the threads of what was linked."""

    changed: bool = False
    files: int = 0
    documents: int = 0
    pages: int = 0
    unchanged: int = 0
    forgotten: int = 0
    seconds: float = 0.0
    loaded_after: float = 0.0
    failures: list[FileRow] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


def ocr_at_hand() -> bool:
    """Whether Tesseract with Swedish is installed."""
    if shutil.which("tesseract") is None:
        return False
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False)
    return "swe" in listed.stdout.split()


def orders(settings: Settings, mark: str) -> Orders:
    """What the workers of a run are told."""
    return Orders(
        cache=str(settings.cache),
        organisation=settings.organisation,
        fingerprint=mark,
        ocr=settings.ocr and ocr_at_hand(),
        document_seconds=settings.document_seconds,
        ocr_page_seconds=settings.ocr_page_seconds,
        document_mib=settings.document_mib,
    )


def make_plan(paths: Sequence[Path], store: Store, settings: Settings, *, retry: bool = False) -> Plan:
    """Looks at every file of ``paths`` and at the database, and writes nothing.

    A file is hashed only where its size or time differ from when it was last noted. A document is left out when the database has it
    under the present rules and code, unless it waits for OCR that is now to be had, or ``retry`` asks for those that failed.
    """
    plan = Plan(fingerprint(settings.organisation))
    loaded = store.known()
    noted = store.files()
    by_hash = {row.sha256: row for row in noted.values() if row.sha256}
    ocr = settings.ocr and any(row.status == FileStatus.NEEDS_OCR for row in noted.values()) and ocr_at_hand()
    seen: set[str] = set()
    found: list[Found] = []
    for item in discover(paths):
        seen.add(printable(item.path))
        if isinstance(item, Trouble):
            _note_trouble(plan, item, noted)
        else:
            found.append(item)
    remembered = {f.path: (r.size, r.mtime, r.sha256 or "") for f in found if (r := noted.get(printable(f.path))) is not None}
    for file, sha256 in digests(found, remembered, threads=settings.worker_count):
        if isinstance(sha256, Trouble):
            _note_trouble(plan, sha256, noted)
            continue
        path = printable(file.path)
        before = noted.get(path)
        known = by_hash.get(sha256)
        again = known is not None and ((ocr and known.status == FileStatus.NEEDS_OCR) or (retry and known.status not in GOOD))
        if before is not None and before.sha256 and before.sha256 != sha256:
            plan.forget.append(path)  # other bytes under an old name: what they said no longer stands in the archive
        if sha256 in plan.waiting:
            plan.waiting[sha256].append(file)
        elif known is None or loaded.get(sha256) != plan.fingerprint or again:
            plan.jobs.append(Job(file.path, sha256))
            plan.job_bytes[sha256] = file.size
            plan.waiting[sha256].append(file)
        else:
            row = FileRow(path, sha256, file.size, file.mtime_ns, known.status, known.message)
            (plan.unchanged if row == before else plan.notes).append(row)
    roots = tuple(os.path.abspath(path) for path in paths)  # noqa: PTH100 - as discover() has it
    for path, row in noted.items():
        # A complaint about a folder, or about a path that is a folder now, is over when the same place gives no complaint any more.
        if row.sha256 is None and path not in seen and os.path.isdir(path) and _below(path, roots):  # noqa: PTH112
            plan.forget.append(path)
    return plan


def _note_trouble(plan: Plan, trouble: Trouble, noted: dict[str, FileRow]) -> None:
    """A path nothing can be read from. What was read from it before stays where it is."""
    path = printable(trouble.path)
    before = noted.get(path)
    row = FileRow(path, before.sha256 if before else None, before.size if before else 0, -1, trouble.status, trouble.message)
    (plan.unchanged if row == before else plan.notes).append(row)


def _below(path: str, roots: Sequence[str]) -> bool:
    return any(path == root or path.startswith(root.rstrip("/") + "/") for root in roots)


def hire(plan: Plan, settings: Settings) -> Crew:
    """The workers for a plan, none where there is nothing to read. They get ready while we do something else, such as start a flow."""
    told = settings if plan.jobs else settings.model_copy(update={"ocr": False})  # looking for Tesseract would be all the time it takes
    return Crew(orders(told, plan.fingerprint), min(settings.worker_count, len(plan.jobs)))


class Workforce(Protocol):
    """Who works on batches: a :class:`pipeline.crew.Crew` here, or a :class:`pipeline.distant.Distant` that sends them elsewhere.

    ``size`` is how many batches can be under way. ``distant``: outcomes are heard of only when their batch comes back.
    """

    @property
    def size(self) -> int: ...

    @property
    def distant(self) -> bool: ...

    def work(self, each: Callable[[Done], None]) -> Work:
        """The function to map over batches; ``each`` hears of an outcome as soon as it is known, unless it is known elsewhere."""

    def close(self) -> None:
        """Ends it; whoever waits for a document gets an error."""


def carry_out(plan: Plan, store: Store, settings: Settings, crew: Workforce, mapper: Mapper, report: Reporter) -> Outcome:
    """Does what the plan says with the workers of :func:`hire`, or others.

    The calling thread is the one writer; documents are loaded batch by batch, each in one transaction.
    """
    began = time.perf_counter()
    outcome = Outcome(changed=not plan.is_empty, unchanged=len(plan.unchanged))
    outcome.failures += [row for row in [*plan.unchanged, *plan.notes] if row.status not in GOOD]
    outcome.statuses.update(str(row.status) for row in [*plan.unchanged, *plan.notes])
    outcome.files = len(plan.unchanged) + len(plan.notes) + sum(map(len, plan.waiting.values()))
    if plan.forget:
        outcome.forgotten = store.forget_paths(plan.forget)
    if plan.notes:
        store.note_files(plan.notes)
    if plan.jobs:
        kept = ContentCache(settings.cache / "extractions", plan.fingerprint)
        report.begin(len(plan.jobs), plan.size)

        def heard(done: Done) -> None:
            report.document(done, plan.job_bytes[done.sha256])

        try:
            with collected_rarely():
                for batch in mapper(plan.batches(settings.batch, crew.size), crew.work(heard)):
                    if crew.distant:
                        for done in batch:
                            heard(done)
                    _load(batch, plan, store, kept, outcome)
        except BaseException:
            # A thread that still waits for a document is let go before the mapper is ended. After a run that ends well nobody waits: who
            # hired the workers ends them, when the threads of the database are made.
            crew.close()
            raise
    outcome.loaded_after = time.perf_counter() - began
    store.relink()  # also where nothing was read: an earlier run may have been cut off before it came to this
    outcome.failures.sort(key=lambda row: row.path)
    outcome.seconds = time.perf_counter() - began
    return outcome


def _load(batch: Sequence[Done], plan: Plan, store: Store, kept: ContentCache, outcome: Outcome) -> None:
    """One batch into the database: its documents, then the paths that lead to them."""
    documents: list[DocumentRows] = []
    settled: dict[str, tuple[FileStatus, str | None]] = {}
    for done in batch:
        settled[done.sha256] = (done.status, done.message)
        if done.in_cache:
            content = kept.get(done.sha256)
            if content is None:
                settled[done.sha256] = (FileStatus.UNREADABLE, "Det som lästes ur filen gick förlorat på disken. Läs in igen.")
                continue
            rows = unpack_rows(content)
            documents.append(rows)
        elif done.lasting:
            documents.append(_failed(done, plan.fingerprint, done.message))
        outcome.documents += 1
        outcome.pages += done.pages
    # Linked in the same transaction: in the order they are loaded, wherever a run was cut off.
    with store.together():
        refused = store.load(documents).failed
        for sha256, reason in refused:
            done = next(one for one in batch if one.sha256 == sha256)
            message = f"Dokumentet kunde inte läggas in i databasen ({reason}). Anmäl felet och bifoga filen."
            store.load([_failed(done, plan.fingerprint, message)])
            settled[sha256] = (FileStatus.CRASHED, message)
        rows_of_files = [
            FileRow(printable(file.path), sha256, file.size, file.mtime_ns, status, message)
            for sha256, (status, message) in settled.items()
            for file in plan.waiting[sha256]
        ]
        store.note_files(rows_of_files)
        store.link(list(settled))  # while the workers read on; the threads are made when all documents are here
    outcome.failures += [row for row in rows_of_files if row.status not in GOOD]
    outcome.statuses.update(str(row.status) for row in rows_of_files)


def _failed(done: Done, mark: str, message: str | None) -> DocumentRows:
    """The row of a document that could not be worked on."""
    name = os.path.basename(printable(done.path))  # noqa: PTH119 - a string is all there is
    status = FileStatus.CRASHED if done.status in GOOD else done.status
    return to_rows(Reading(done.sha256, name, status, (), message), None, mark)


def in_threads(workers: int) -> Mapper:
    """A mapper that needs nothing but this process; each thread waits for one worker."""

    def run(batches: Sequence[Batch], work: Work) -> Iterator[list[Done]]:
        pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="batch")
        try:
            for future in [pool.submit(work, batch) for batch in batches]:
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    return run
