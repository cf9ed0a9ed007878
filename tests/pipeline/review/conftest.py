"""Two real minutes and a letter, read and extracted once by the real code; each test gets a copy of the database."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractors.assemble import extract
from extractors.model import Reading
from pipeline.reading import read
from pipeline.rows import to_rows
from pipeline.store import FileRow, Store
from rules.ruleset import Rules, load_rules

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = [
    ROOT / "data" / "raw" / name
    for name in (
        "03-protokoll-rs-2024-03-12.pdf",
        "06-protokollsutdrag-hsn-2024-09-26.pdf",
        "13-tjansteskrivelse-patientnamnden-2025-04-08.pdf",
    )
]


@pytest.fixture(scope="session")
def readings() -> list[tuple[Path, Reading]]:
    """The samples as read."""
    return [(path, read(path)) for path in SAMPLES]


def load(db: Path, readings: list[tuple[Path, Reading]], rules: Rules) -> None:
    """What an ingest does: files noted, documents extracted under the rules and put in over their earlier selves."""
    with Store.open(db) as store:
        for path, reading in readings:
            found = path.stat()
            store.note_files([FileRow(str(path), reading.sha256, found.st_size, found.st_mtime_ns, str(reading.status))])
        report = store.load([to_rows(reading, extract(reading, rules)) for _, reading in readings])
    assert not report.failed


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, readings: list[tuple[Path, Reading]]) -> Path:
    """The database as the first ingest left it. Not to be written to: see :func:`db`."""
    path = tmp_path_factory.mktemp("loaded") / "uppdrag.db"
    load(path, readings, load_rules())
    return path


@pytest.fixture
def db(loaded: Path, tmp_path: Path) -> Path:
    """A database of one's own."""
    with sqlite3.connect(loaded) as source, sqlite3.connect(tmp_path / "uppdrag.db") as copy:
        source.backup(copy)
    return tmp_path / "uppdrag.db"


@pytest.fixture
def connection(db: Path) -> Iterator[sqlite3.Connection]:
    """Opened for writing, as Datasette opens it. Whatever a test has decided or ingested, the narrow rows say what the wide ones do."""
    opened = sqlite3.connect(db)
    yield opened
    for one, other in (("current_row", "current_row_source"), ("current_row_source", "current_row")):
        assert opened.execute(f"SELECT * FROM {one} EXCEPT SELECT * FROM {other}").fetchall() == []  # noqa: S608
    opened.close()


@pytest.fixture
def ingest_again(db: Path, tmp_path: Path, readings: list[tuple[Path, Reading]]) -> Callable[[Callable[[Path], None]], None]:
    """Ingests anew under rules changed by the given function, which gets a copy of the rules folder."""

    def again(change: Callable[[Path], None]) -> None:
        # A folder for each time: load_rules remembers what it has loaded from a folder.
        folder = tmp_path / f"changed-rules-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(ROOT / "rules", folder)
        change(folder)
        load(db, readings, load_rules(root=folder))

    return again


@pytest.fixture
def address(connection: sqlite3.Connection) -> Callable[[str], str]:
    """The address of the assignment whose task holds the words."""

    def find(words: str) -> str:
        rows = connection.execute("SELECT address FROM assignment WHERE instr(task, ?) ORDER BY id", (words,)).fetchall()
        assert rows, words
        return str(rows[0][0])

    return find
