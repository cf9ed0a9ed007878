"""A copy for analysts or the public: read-only, without the names of private persons in tables, text, search index or page pictures.

The copy is a folder: ``uppdrag.db``, ``pages/SHA256/N.png`` and ``publication.json``, the report of what was masked. The original files
are not in it. ``uppdrag serve --db FOLDER/uppdrag.db`` serves it. docs/publish.md says who is private and how that is told.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

from extractors.model import FileStatus, Reading
from pipeline.children import end_with_parent
from pipeline.ingest import orders
from pipeline.publish.copy import Copy
from pipeline.publish.pictures import Sheet, draw, page_text, sheet
from pipeline.publish.screen import Archive, Grammar, Private, Screen, folded
from pipeline.publish.served import DATABASE, PAGES, REPORT
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.work import ChangedError, Job, Workbench

_DRAWING_SECONDS = 300.0


class PublishError(Exception):
    """The copy cannot be made; one sentence for a person."""


@dataclass
class Report:
    """What a copy holds and what was masked in it, without a name. ``masked`` is places in texts by kind, ``why`` by what told, ``covered``
    places on page pictures; ``persons`` how many names; ``doubtful`` how many places were masked only because they might be a person.
    ``without_pictures`` names documents whose original was not there, or could not be drawn, with the reason."""

    documents: int = 0
    pages: int = 0
    pictures: int = 0
    persons: int = 0
    masked: dict[str, int] = field(default_factory=dict)
    why: dict[str, int] = field(default_factory=dict)
    doubtful: int = 0
    covered: int = 0
    by_document: list[dict[str, object]] = field(default_factory=list)
    without_pictures: list[dict[str, str]] = field(default_factory=list)
    rules: str = ""


def publish(settings: Settings, folder: Path, *, pictures: bool = True, say: Callable[[str], None] = lambda sentence: None) -> Report:
    """Makes the copy of the database of ``settings`` in ``folder``, over an earlier copy, and returns its report.

    Nothing is left at ``folder`` unless all of it was made and looked through. Raises PublishError where the folder holds something else
    or a masked name was found in what was made, StoreError where the database cannot be used.
    """
    from rules.ruleset import load_rules

    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]) and not (folder / REPORT).is_file():
        raise PublishError(f"{folder} holds something that is no published copy: name another folder.")
    rules = load_rules(settings.organisation)
    Store.open(settings.database, create=False, read_only=True).close()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as inner:
        made = Path(inner) / "copy"
        (made / PAGES).mkdir(parents=True)
        maker = _Maker(settings, Grammar(rules), made, pictures, say)
        report = maker.make(Path(inner) / "filling.db")
        report.rules = rules.fingerprint
        (made / REPORT).write_text(json.dumps(asdict(report), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        found = _names_in(made, maker.archive.masked - maker.archive.kept)
        if found:
            raise PublishError(f"{found} masked names still stand in the copy: nothing was published. This is an error of the program.")
        (made / DATABASE).chmod(0o444)
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)
    return report


class _Maker:
    """One run: learns who is private in the whole archive, then copies document by document."""

    def __init__(self, settings: Settings, grammar: Grammar, made: Path, pictures: bool, say: Callable[[str], None]) -> None:
        self.settings = settings
        self.grammar = grammar
        self.made = made
        self.pictures = pictures
        self.say = say
        self.archive = Archive()
        self.report = Report()
        self.bench = Workbench(orders(settings, "publish"))
        self.source = sqlite3.connect(f"{settings.database.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)

    def make(self, filling: Path) -> Report:
        try:
            self.source.execute("BEGIN")  # one moment, while reviewers go on
            documents = self.source.execute("SELECT id, sha256, organisation FROM document ORDER BY sha256").fetchall()
            self._learn(documents)
            copy = Copy(self.source, filling)
            with _Drawing() as drawing:
                for n, (number, sha256, organisation) in enumerate(documents, 1):
                    self._document(copy, drawing, number, sha256, organisation)
                    if n % 500 == 0:
                        self.say(f"{n} of {len(documents)} documents")
                everyone = Screen(self.grammar, self.archive, None)
                everyone.learn(())
                copy.rest(everyone)
                for sha256, trouble in drawing.results():
                    self._note_pictures(sha256, trouble)
            copy.finish(self.made / DATABASE)
        finally:
            self.source.close()
        self._sum_up(copy.counted)
        return self.report

    # ---------------------------------------------------------------------------------------------------------- learning

    def _learn(self, documents: list[tuple[int, str, str | None]]) -> None:
        archive, grammar = self.archive, self.grammar
        words: set[str] = set()
        for name in self.source.execute("SELECT DISTINCT body FROM document UNION SELECT DISTINCT organisation FROM document").fetchall():
            words.update(re.findall(r"[^\W\d_]{3,}", name[0] or ""))
        archive.places = {form for word in words if not grammar.is_given(word) for form in (folded(word), folded(word) + "s")}
        rows = self.source.execute("SELECT d.organisation, p.name, p.role FROM person AS p JOIN document AS d ON d.id = p.document")
        for organisation, name, role in rows:
            if role and grammar.party.match(f"({role})"):
                archive.elected.setdefault(organisation, set()).add(folded(name))
        for number, sha256, organisation in documents:
            screen = self._screen(number, organisation, self._texts(number, self._reading(sha256)))
            archive.masked |= screen.names
            archive.kept |= screen.kept
        archive.kept |= {name for names in archive.elected.values() for name in names}

    def _screen(self, number: int, organisation: str | None, texts: list[str]) -> Screen:
        persons = self.source.execute("SELECT name, role FROM person WHERE document = ?", (number,)).fetchall()
        screen = Screen(self.grammar, self.archive, organisation, persons)
        screen.learn(texts)
        return screen

    def _texts(self, number: int, reading: Reading | None) -> list[str]:
        """The text of the document as extracted and as printed: a name may be whole in one and cut in the other."""
        texts = [row[0] for row in self.source.execute("SELECT text FROM page WHERE document = ? ORDER BY number", (number,))]
        return texts + ([page_text(page) for page in reading.pages] if reading is not None else [])

    def _reading(self, sha256: str) -> Reading | None:
        path = self._path(sha256)
        if path is None:
            return None
        try:
            reading = self.bench.reading(Job(path, sha256))
        except (ChangedError, OSError):
            return None
        return reading if reading.sha256 == sha256 and reading.status in (FileStatus.READ, FileStatus.READ_BY_OCR) else None

    def _path(self, sha256: str) -> str | None:
        """The first path that still holds the bytes."""
        import hashlib

        for (path,) in self.source.execute("SELECT path FROM file WHERE sha256 = ? ORDER BY path", (sha256,)):
            try:
                with Path(path).open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                        return str(path)
            except OSError:
                continue
        return None

    # ----------------------------------------------------------------------------------------------------------- copying

    def _document(self, copy: Copy, drawing: _Drawing, number: int, sha256: str, organisation: str | None) -> None:
        reading = self._reading(sha256)
        screen = self._screen(number, organisation, self._texts(number, reading))
        before = Counter(copy.counted)
        copy.document(number, sha256, screen)
        counted: list[Private] = []
        if reading is not None and self.pictures:
            sheets = [sheet(page, screen, counted) for page in reading.pages]
            path = self._path(sha256)
            assert path is not None
            drawing.order(sha256, path, sheets, self.made / PAGES / sha256)
        elif self.pictures:
            self._note_pictures(sha256, "the original is not where it was read, or has changed")
        self.report.documents += 1
        masked = copy.counted - before
        if masked or counted:
            self.report.by_document.append(
                {
                    "document": sha256,
                    "texts": _by(masked, 0),
                    "covered": len(counted),
                    "doubtful": sum(n for (_, why), n in masked.items() if why == "doubt"),
                }
            )
        self.report.covered += len(counted)

    def _note_pictures(self, sha256: str, trouble: str | int) -> None:
        if isinstance(trouble, int):
            self.report.pictures += trouble
        else:
            self.report.without_pictures.append({"document": sha256, "reason": trouble})

    def _sum_up(self, counted: Counter[tuple[str, str]]) -> None:
        report = self.report
        report.masked, report.why = _by(counted, 0), _by(counted, 1)
        report.doubtful = report.why.get("doubt", 0)
        report.persons = len({name for name in self.archive.masked if not (name.endswith("s") and name[:-1] in self.archive.masked)})
        with sqlite3.connect(self.made / DATABASE) as connection:
            report.pages = int(connection.execute("SELECT count(*) FROM page").fetchone()[0])
        connection.close()


class _Drawing:
    """Draws in processes of their own, so that a PDF that makes the drawer crash costs its own pictures only."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: list[tuple[str, tuple[str, list[Sheet], str], Future[list[int]] | None]] = []

    def order(self, sha256: str, path: str, sheets: list[Sheet], folder: Path) -> None:
        """Has the pages of a document drawn into ``folder``."""
        folder.mkdir()
        given = (path, sheets, str(folder))
        try:
            self._waiting.append((sha256, given, self._started().submit(draw, *given)))
        except BrokenProcessPool:
            self._waiting.append((sha256, given, None))

    def results(self) -> Iterator[tuple[str, str | int]]:
        """(document, how many pages were drawn) or (document, why some were not)."""
        for sha256, given, future in self._waiting:
            try:
                done = self._drawn(given, future)
            except Exception as error:
                yield sha256, f"the pages could not be drawn ({type(error).__name__})"
            else:
                yield sha256, len(done)
                if len(done) < len(given[1]):
                    yield sha256, f"{len(given[1]) - len(done)} pages could not be drawn"

    def _drawn(self, given: tuple[str, list[Sheet], str], future: Future[list[int]] | None) -> list[int]:
        """One document's pages; drawn anew, alone, where another document took the drawing processes along."""
        with suppress(BrokenProcessPool):
            if future is not None:
                return future.result(timeout=_DRAWING_SECONDS)
        self._end()
        return self._started().submit(draw, *given).result(timeout=_DRAWING_SECONDS)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(2, get_context("spawn"), initializer=end_with_parent, max_tasks_per_child=200)
        return self._pool

    def _end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> _Drawing:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()


def _by(counted: Counter[tuple[str, str]], part: int) -> dict[str, int]:
    made: Counter[str] = Counter()
    for key, n in counted.items():
        made[key[part]] += n
    return dict(sorted(made.items()))


def _names_in(folder: Path, names: set[str]) -> int:
    """How many of the names (folded, of two words or more) stand in any file of a folder or in a file's name."""
    found: set[str] = set()
    longest = max((name.count(" ") + 1 for name in names), default=0)
    for path in sorted(folder.rglob("*")):
        texts: list[str] = [path.name]
        if path.is_file() and path.suffix != ".png":
            texts.append(path.read_bytes().decode("utf-8", "ignore"))
        for text in texts:
            words = [folded(word) for word in re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", text)]
            for size in range(2, longest + 1):
                found.update(name for n in range(len(words) - size + 1) if (name := " ".join(words[n : n + size])) in names)
    return len(found)
