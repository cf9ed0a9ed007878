"""The store: what goes in, what stays the same, and what is refused with nothing written."""

# ruff: noqa: S608 - names of our own tables

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import migrations
from pipeline.rows import DocumentRows, to_rows
from pipeline.store import DamagedError, FileRow, NewerVersionError, NoDatabaseError, NotOurDatabaseError, ReadOnlyError, Store, StoreError

SURROGATES = {"document": {"id"}, "page": {"id"}, "assignment": {"id"}}


def content(path: Path) -> dict[str, list[Any]]:
    """Every table and view, rows sorted, without the numbers that are this database's own."""
    connection = sqlite3.connect(path)
    hashes = dict(connection.execute("SELECT id, sha256 FROM document"))
    found = {}
    for name, kind in connection.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')").fetchall():
        if "_fts" in name or "_trigram" in name or name.startswith("sqlite_"):
            continue
        cursor = connection.execute(f"SELECT * FROM {name}")
        columns = [c[0] for c in cursor.description]
        rows = []
        for row in cursor:
            value = dict(zip(columns, row, strict=True))
            if kind == "table" and isinstance(value.get("document"), int):
                value["document"] = hashes[value["document"]]
            for hidden in ("assignment",) if name == "review_queue" else ("id", "rad") if name != "file" else ():
                value.pop(hidden, None)
            if name.startswith("current_") and "document" in value:
                value.pop("document")
            rows.append(json.dumps(value, ensure_ascii=False, sort_keys=True))
        found[name] = sorted(rows)
    for table, column in (("assignment_fts", "assignment"), ("page_fts", "page")):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
        found[table] = connection.execute(f"SELECT count(*) FROM {column} WHERE id IN (SELECT rowid FROM {table})").fetchall()
    for table in ("assignment_trigram", "page_trigram"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    return found


def test_loading_again_changes_nothing(database: Path, written: list[Any]) -> None:
    before = content(database)
    with Store.open(database) as store:
        report = store.load([to_rows(w.reading, w.extraction) for w in written])
    assert (report.documents, report.replaced, report.failed) == (2, 2, ())
    assert content(database) == before


def test_order_and_batches_do_not_matter(database: Path, tmp_path: Path, written: list[Any]) -> None:
    other = tmp_path / "annan.db"
    with Store.open(database) as store:
        files = list(store.files().values())
        broken = next(f for f in files if f.status == "broken")
    from extractors.model import FileStatus, Reading

    failed = Reading(str(broken.sha256), Path(broken.path).name, FileStatus.BROKEN, message=broken.message)
    with Store.open(other) as store:
        store.load([to_rows(failed, None, "rules-1")])
        store.load([to_rows(written[1].reading, written[1].extraction)])
        store.load([to_rows(written[0].reading, written[0].extraction)])
        for file in reversed(files):
            store.note_files([file])
    assert content(other) == content(database)


def test_a_new_extraction_replaces_the_old_whole(database: Path, written: list[Any]) -> None:
    one = written[0]
    fewer = replace(one.extraction, assignments=one.extraction.assignments[:1], amounts=(), rules_fingerprint="rules-2")
    with Store.open(database) as store:
        store.load([to_rows(one.reading, fewer)])
        assert store.known()[one.reading.sha256] == "rules-2"
        assert store.known()[written[1].reading.sha256] == "rules-1"
        status = store.status()
    assert (status.assignments, status.documents) == (2, 3)
    connection = sqlite3.connect(database)
    assert connection.execute("SELECT count(*) FROM assignment_fts WHERE assignment_fts MATCH 'nattbussar'").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM page_fts WHERE page_fts MATCH 'nattbussar'").fetchone() == (1,)
    content(database)


def test_status_accounts_for_everything_and_adds_up(database: Path) -> None:
    with Store.open(database) as store:
        status = store.status()
    assert status.files == 4 == sum(status.files_by_status.values())
    assert status.files_by_status == {"read": 2, "duplicate": 1, "broken": 1}
    assert status.documents == 3 == sum(status.documents_by_status.values())
    assert status.pages == 3 == sum(status.pages_by_reader.values())
    assert status.paragraphs == 3 == sum(status.paragraphs_by_outcome.values())
    assert status.assignments == 4 == sum(status.assignments_by_status.values())
    assert status.assignments_by_status == {"decided": 2, "proposed": 1, "cited": 1}
    assert (status.other_acts, status.duplicates, status.not_assignments, status.needs_review) == ({"exhortation": 1}, 1, 1, 1)
    assert status.issues == 3 == sum(status.issues_by_code.values())
    assert [(f.status, f.message) for f in status.failed_files] == [("broken", "Filen är avbruten: hämta den på nytt.")]


def test_two_paths_with_the_same_bytes_are_one_document(database: Path, written: list[Any]) -> None:
    connection = sqlite3.connect(database)
    assert connection.execute("SELECT antal_filer FROM dokument WHERE dokument_id = ?", (written[0].reading.sha256,)).fetchone() == (2,)
    rows = connection.execute("SELECT sokvag, status, samma_som FROM filer WHERE dokument_id = ?", (written[0].reading.sha256,)).fetchall()
    assert {Path(path).name: (status, same and Path(same).name) for path, status, same in rows} == {
        "protokoll å.pdf": ("läst", None),
        "protokoll, kopia.pdf": ("dubblett", "protokoll å.pdf"),
    }
    connection.close()
    with Store.open(database) as store:
        paths = [p for p, f in store.files().items() if f.sha256 == written[0].reading.sha256]
        assert store.forget_paths(paths[:1]) == 0
        assert store.forget_paths(paths[1:]) == 1
        assert store.forget_paths(["finns inte"]) == 0
        status = store.status()
    assert (status.files, status.documents, status.assignments) == (2, 2, 1)
    content(database)


def test_one_bad_document_does_not_take_its_batch_down(database: Path, written: list[Any]) -> None:
    good = to_rows(written[1].reading, written[1].extraction, "nytt")
    sick = to_rows(replace(written[0].reading, sha256="f" * 64), written[0].extraction)
    # A lone surrogate, as a broken font map can give, cannot be stored as text.
    page = sick.tables["page"][0]
    sick.tables["page"][0] = (*page[:-1], "\ud800")
    with Store.open(database) as store:
        report = store.load([sick, good])
        assert report.documents == 1
        assert [(name, why.split(":")[0]) for name, why in report.failed] == [("f" * 64, "UnicodeEncodeError")]
        assert store.known()[good.sha256] == "nytt"
        assert "f" * 64 not in store.known()
    content(database)


def test_the_last_of_two_with_one_hash_counts(tmp_path: Path, written: list[Any]) -> None:
    one = written[1]
    with Store.open(tmp_path / "x.db") as store:
        report = store.load([to_rows(one.reading, one.extraction, "a"), to_rows(one.reading, one.extraction, "b")])
        assert report.documents == 1
        assert store.known() == {one.reading.sha256: "b"}
        assert store.load([]).documents == 0


def test_words_are_found_as_printed_and_inside_compounds(database: Path) -> None:
    connection = sqlite3.connect(database)

    def hits(table: str, query: str) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {table} WHERE {table} MATCH ?", (query,)).fetchone()[0])

    # "får" is not "far": the default tokenizer folds them.
    assert (hits("page_fts", "får"), hits("page_fts", "far")) == (2, 0)
    assert hits("page_fts", "ÅTERREDOVISA") == 1
    assert (hits("assignment_fts", "styrelsen"), hits("assignment_trigram", "styrelsen")) == (0, 3)
    assert connection.execute("SELECT count(*) FROM page_trigram WHERE text LIKE '%styrelsen%'").fetchone() == (3,)
    plan = " ".join(row[3] for row in connection.execute("EXPLAIN QUERY PLAN SELECT rowid FROM page_trigram WHERE text LIKE '%styrelsen%'"))
    assert "VIRTUAL TABLE INDEX" in plan
    assert "L0" in plan  # the index answers the LIKE, not a reading of every page


def test_contracted_columns_of_the_views(database: Path) -> None:
    """The contract of DESIGN: these columns, these names, first and in this order."""
    contract = [
        *("status", "uppdragsgivare", "mottagare", "uppgift", "tidsfrist_fran", "tidsfrist_till", "aterrapporteras_till"),
        *("belopp_mnkr", "organ", "sammantradesdatum", "paragraf", "diarienummer", "dokument", "sida", "granskad", "sakerhet"),
    ]
    connection = sqlite3.connect(database)
    cursor = connection.execute("SELECT * FROM uppdrag ORDER BY dokument, sida, rad")
    columns = [c[0] for c in cursor.description]
    assert columns[: len(contract)] == contract
    first = dict(zip(columns, cursor.fetchone(), strict=True))
    address = first.pop("uppdrag_id")
    assert {name: first[name] for name in contract} == {
        "status": "beslutat",
        "uppdragsgivare": "Regionstyrelsen",
        "mottagare": "Regiondirektören",
        "uppgift": "ta fram en handlingsplan för ekonomi i balans och återredovisa den till regionstyrelsen",
        "tidsfrist_fran": "2024-05-31",
        "tidsfrist_till": "2024-05-31",
        "aterrapporteras_till": "Regionstyrelsen",
        "belopp_mnkr": 2.5,
        "organ": "Regionstyrelsen",
        "sammantradesdatum": "2024-03-12",
        "paragraf": "§ 41",
        "diarienummer": "RS/2024:117",
        "dokument": "protokoll å.pdf",
        "sida": 1,
        "granskad": "nej",
        "sakerhet": 0.97,
    }
    assert first["lank"] == f"/-/sida/{first['dokument_id']}/1?uppdrag={address}"
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    assert {"uppdrag", "belopp", "datum", "dokument", "tackning"} <= names
    assert connection.execute("SELECT belopp_mnkr, uppdrag_id FROM belopp ORDER BY belopp_mnkr").fetchall() == [
        (-63.0, None),
        (2.5, address),
    ]
    assert connection.execute(
        "SELECT givet_av, givet_datum, givet_paragraf, fullgjort FROM uppdrag WHERE statuskod = 'cited'"
    ).fetchall() == [("Regionstyrelsen", "2024-03-12", "§ 41", "ja")]


def test_every_table_is_strict_and_foreign_keys_hold(database: Path) -> None:
    with Store.open(database) as store:
        tables = store._connection.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        assert len(tables) >= 17
        assert [name for name, strict in tables if not strict] == []
        assert store._connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        with pytest.raises(sqlite3.IntegrityError):
            store._connection.execute("INSERT INTO issue (document, number, code, message, boxes) VALUES (99, 0, 'x', 'x', '[]')")


def test_every_code_of_the_model_has_a_swedish_word(database: Path) -> None:
    from extractors.model import FileStatus

    connection = sqlite3.connect(database)
    labels = {tuple(row) for row in connection.execute("SELECT field, code FROM label")}
    assert {("file", str(status)) for status in FileStatus} <= labels
    assert {("status", code) for code in ("decided", "proposed", "cited")} <= labels


def _unchanged(path: Path, act: Callable[[], object]) -> None:
    before = {p.name: p.read_bytes() for p in path.parent.iterdir() if p.is_file()}
    act()
    assert {p.name: p.read_bytes() for p in path.parent.iterdir() if p.is_file()} == before


@pytest.mark.parametrize("bytes_", [b"hej", b"SQLite format 3\x00" + bytes(84), b"%PDF-1.7\n" + bytes(200)])
def test_a_file_that_is_no_database_of_ours_is_refused_untouched(tmp_path: Path, bytes_: bytes) -> None:
    path = tmp_path / "x" / "annat.db"
    path.parent.mkdir()
    path.write_bytes(bytes_)

    def act() -> None:
        with pytest.raises(NotOurDatabaseError, match="is not a database of uppdrag"):
            Store.open(path)

    _unchanged(path, act)


def test_a_foreign_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "x" / "bokföring.db"
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE verifikat (nr INTEGER)")
    connection.commit()
    connection.close()

    def act() -> None:
        with pytest.raises(NotOurDatabaseError):
            Store.open(path)

    _unchanged(path, act)


def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "x" / "ny.db"
    path.parent.mkdir()
    Store.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(migrations.migrations()) + 1}")
    connection.close()

    def act() -> None:
        with pytest.raises(NewerVersionError, match="Update uppdrag"):
            Store.open(path)
        with pytest.raises(NewerVersionError):
            Store.open(path, read_only=True)

    _unchanged(path, act)


def test_a_write_protected_database_is_refused_untouched_and_can_be_read(database: Path) -> None:
    database.chmod(0o444)

    def act() -> None:
        with pytest.raises(ReadOnlyError, match="write-protected"):
            Store.open(database)

    _unchanged(database, act)
    with Store.open(database, read_only=True) as store:
        assert store.status().documents == 3
        with pytest.raises(StoreError):
            store.note_files([FileRow("x", None, 0, 0, "read")])


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NoDatabaseError, match="run `uppdrag ingest` first"):
        Store.open(tmp_path / "ingen.db", create=False)
    with pytest.raises(NoDatabaseError, match="no folder"):
        Store.open(tmp_path / "ingen" / "mapp.db")
    with pytest.raises(NotOurDatabaseError, match="is a folder"):
        Store.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "tom.db"
    path.touch()
    with Store.open(path) as store:
        assert store.status().files == 0


def test_a_damaged_database_is_said_to_be(database: Path) -> None:
    data = bytearray(database.read_bytes())
    data[8192:] = bytes(len(data) - 8192)
    database.write_bytes(data)
    for beside in ("-wal", "-shm"):
        database.with_name(database.name + beside).unlink(missing_ok=True)
    with pytest.raises(DamagedError, match="is damaged"), Store.open(database) as store:
        store.status()


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "m.db", isolation_level=None)
    steps = (
        migrations.Migration(1, "a", "CREATE TABLE a (x INTEGER) STRICT;"),
        migrations.Migration(2, "b", "CREATE TABLE b (x INTEGER) STRICT; \nCREATE TABLE a (x INTEGER) STRICT;"),
    )
    with pytest.raises(sqlite3.OperationalError):
        migrations.migrate(connection, steps)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("a",)]
    with pytest.raises(ValueError, match="unfinished"):
        migrations.statements("CREATE TABLE x (")


_LOADER = """
import pickle, sys
from pathlib import Path
from pipeline.store import Store
batches = pickle.loads(Path(sys.argv[2]).read_bytes())
with Store.open(Path(sys.argv[1])) as store:
    for batch in batches:
        store.load(batch)
        print("loaded", flush=True)
"""


def test_a_killed_loader_leaves_whole_batches_and_the_next_run_ends_the_same(tmp_path: Path, written: list[Any]) -> None:
    import pickle

    batches = [[numbered(written[0], 20 * b + n) for n in range(20)] for b in range(8)]
    (tmp_path / "batches").write_bytes(pickle.dumps(batches))
    still, killed = tmp_path / "ostörd.db", tmp_path / "dödad.db"
    with Store.open(still) as store:
        for batch in batches:
            store.load(batch)
    for after in (0, 1, 4):
        loader = subprocess.Popen([sys.executable, "-c", _LOADER, str(killed), str(tmp_path / "batches")], stdout=subprocess.PIPE)
        assert loader.stdout is not None
        for _ in range(after):
            loader.stdout.readline()
        os.kill(loader.pid, signal.SIGKILL)
        loader.wait()
        loader.stdout.close()
        if killed.exists():
            with Store.open(killed) as store:
                known = len(store.known())
                assert known % 20 == 0
                assert known >= 20 * after
    with Store.open(killed) as store:
        done = store.known()
        for batch in batches:
            store.load([rows for rows in batch if done.get(rows.sha256) != rows.fingerprint])
    assert content(killed) == content(still)


def numbered(written: Any, number: int) -> DocumentRows:
    """The same document under another hash, as if its bytes were others."""
    return to_rows(replace(written.reading, sha256=f"{number:064x}"), written.extraction)


def test_what_the_planner_noted_of_little_is_forgotten(database: Path) -> None:
    """As an earlier version left it: read from a table of three rows; an archive later each look-up would go through it all."""
    looked_up = "EXPLAIN QUERY PLAN SELECT page FROM assignment WHERE address IN ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("ANALYZE")
        connection.commit()
        connection.execute("ANALYZE sqlite_schema")
        assert "SCAN" in connection.execute(looked_up).fetchone()[3]
    with Store.open(database):
        pass
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_stat1").fetchone() == (0,)
        assert "SEARCH" in connection.execute(looked_up).fetchone()[3]
