"""Threads in a database: the sample documents through five years, and the same result however the documents come in."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors import threads
from extractors.assemble import extract
from pipeline.bench import generated
from pipeline.follow_up import relink, state_as_of
from pipeline.follow_up.relink import update
from pipeline.reading import OcrMode, read_bytes
from pipeline.rows import DocumentRows, to_rows
from pipeline.store import FileRow, LoadReport, Store
from rules.ruleset import load_rules

RAW = Path(__file__).resolve().parents[3] / "data" / "raw"
DERIVED = ("thread", "thread_event", "thread_link")


@lru_cache(maxsize=1)
def samples() -> tuple[DocumentRows, ...]:
    rules = load_rules()
    readings = [read_bytes(path.read_bytes(), path.name, ocr=OcrMode.never) for path in sorted(RAW.glob("*.pdf"))]
    return tuple(to_rows(reading, extract(reading, rules), "v1") for reading in readings if reading.status == "read")


@lru_cache(maxsize=1)
def copies() -> tuple[DocumentRows, ...]:
    """Four of the samples, each of them four times, as an archive has minutes with their extracts and summons."""
    rules = load_rules()
    read = [read_bytes(path.read_bytes(), path.name, ocr=OcrMode.never) for path in sorted(RAW.glob("*.pdf"))]
    told = [(one, extract(one, rules)) for one in read if one.status == "read"]
    chosen = sorted(told, key=lambda pair: -len(pair[1].assignments))[:4]
    return tuple(
        to_rows(replace(one, sha256=hashlib.sha256(f"{one.sha256}{copy}".encode()).hexdigest()), extraction, "v1")
        for copy in range(4)
        for one, extraction in chosen
    )


def put(store: Store, rows: list[DocumentRows]) -> None:
    store.load(rows)
    store.note_files([FileRow(f"/{r.sha256}", r.sha256, 0, 0, "read") for r in rows])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "t.db") as opened:
        yield opened


def rows(path: Path, sql: str) -> list[dict[str, Any]]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute(sql)]
    connection.close()
    return found


def everything(path: Path) -> dict[str, list[dict[str, Any]]]:
    return {table: sorted(rows(path, f"SELECT * FROM {table}"), key=repr) for table in DERIVED}  # noqa: S608


def thread_of(path: Path, task: str) -> dict[str, Any]:
    (found,) = rows(path, f"SELECT * FROM trad WHERE uppgift LIKE '%{task}%' ORDER BY antal_dokument DESC LIMIT 1")  # noqa: S608
    return found


# ------------------------------------------------------------------------------------------------------- the samples


def test_an_assignment_is_followed_from_proposal_to_its_end(store: Store) -> None:
    put(store, list(samples()))
    store.relink()
    plan = thread_of(store.path, "samlad handlingsplan")
    told = rows(store.path, f"SELECT * FROM tradhandelse WHERE trad_id = '{plan['trad_id']}' ORDER BY ordning")  # noqa: S608
    happened = [(t["datum"], t["handelsekod"], t["status"]) for t in told]
    assert happened[:5] == [
        ("2024-02-20", "proposed", "föreslaget"),
        ("2024-03-12", "given", "beslutat"),
        ("2024-05-21", "cited", "återgivet"),
        ("2024-05-21", "reported_in_part", "återgivet"),
        ("2024-05-21", "noted", "beslutat"),
    ]
    assert ("2025-06-10", "deadline_moved", "beslutat") in happened
    assert [h for h in happened if h[0] is not None][-3:] == [
        ("2026-03-10", "reported", "återgivet"),
        ("2026-03-10", "noted", "beslutat"),
        ("2026-03-10", "closed", "beslutat"),
    ]
    assert (plan["lage"], plan["avslutat_datum"], plan["tidsfrist_till"], plan["tidsfrist_flyttad"]) == (
        "avslutat",
        "2026-03-10",
        "2025-12-09",
        "ja",
    )
    assert plan["antal_dokument"] >= 6


STATES = [
    # proposed and not yet given
    ("samlad handlingsplan", date(2024, 3, 1), "okänt"),
    ("samlad handlingsplan", date(2024, 3, 12), "öppet"),
    # the committee filed the interim report; the board has not accepted anything
    ("samlad handlingsplan", date(2024, 6, 1), "delrapporterat"),
    ("samlad handlingsplan", date(2024, 10, 16), "försenat"),
    # more time
    ("samlad handlingsplan", date(2025, 6, 10), "delrapporterat"),
    ("samlad handlingsplan", date(2025, 12, 10), "försenat"),
    ("samlad handlingsplan", date(2026, 3, 10), "avslutat"),
    ("gemensamt larmnummer", date(2025, 6, 9), "försenat"),
    ("gemensamt larmnummer", date(2025, 6, 10), "avfört"),
    ("nattbussar på linje 40", date(2025, 11, 19), "avslutat"),
    ("rutin för anställningsprövning", date(2024, 4, 30), "öppet"),
    ("rutin för anställningsprövning", date(2024, 5, 1), "försenat"),
    ("rutin för anställningsprövning", date(2025, 6, 10), "avslutat"),
]


@pytest.mark.parametrize(("task", "day", "state"), STATES)
def test_states_as_of_a_day(tmp_path_factory: pytest.TempPathFactory, task: str, day: date, state: str) -> None:
    path = _sample_database(tmp_path_factory)
    thread = thread_of(path, task)["trad_id"]
    connection = sqlite3.connect(path)
    (found,) = state_as_of(connection, day, threads=[thread])
    connection.close()
    assert found.state == state
    assert all(source.day is None or source.day <= day.isoformat() for source in found.sources)


_made: list[Path] = []


def _sample_database(factory: pytest.TempPathFactory) -> Path:
    if not _made:
        path = factory.mktemp("samples") / "t.db"
        with Store.open(path) as store:
            put(store, list(samples()))
            store.relink()
        _made.append(path)
    return _made[0]


def test_the_committee_s_filing_is_not_the_board_s(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = _sample_database(tmp_path_factory)
    thread = thread_of(path, "samlad handlingsplan")["trad_id"]
    connection = sqlite3.connect(path)
    (found,) = state_as_of(connection, date(2024, 6, 1), threads=[thread])
    connection.close()
    assert (found.standing.accepted, found.standing.interim) == (None, date(2024, 5, 21))
    assert "ingen slutlig återrapport hittad till och med 2024-06-01" in found.standing.gaps


def test_the_view_of_today_says_what_the_function_says(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = _sample_database(tmp_path_factory)
    today = date.fromisoformat(rows(path, "SELECT date('now') AS d")[0]["d"])
    connection = sqlite3.connect(path)
    found = {f.thread: f for f in state_as_of(connection, today)}
    connection.close()
    view = rows(path, "SELECT * FROM trad")
    assert {row["trad_id"] for row in view} == set(found)
    for row in view:
        one = found[row["trad_id"]]
        now = one.standing
        assert (row["lage"], row["lucka"] or "") == (one.state, "; ".join(now.gaps)), row["uppgift"]
        days = [now.deadline_last, now.interim, now.reported, now.accepted_day, now.closed, now.withdrawn, now.given]
        shown = ["tidsfrist_till", "delrapporterat_datum", "aterrapporterat_datum", "godtaget_datum", "avslutat_datum", "avfort_datum"]
        assert [row[name] for name in [*shown, "givet_datum"]] == [None if d is None else d.isoformat() for d in days]


def test_no_link_crosses_organisations_and_each_assignment_is_in_one_thread(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = _sample_database(tmp_path_factory)
    crossing = rows(
        path,
        "SELECT 1 FROM thread_record AS a JOIN thread_record AS b ON a.thread = b.thread JOIN document AS d ON d.sha256 = a.document"
        " JOIN document AS e ON e.sha256 = b.document WHERE d.organisation <> e.organisation",
    )
    assert crossing == []
    organisations = {row["organisation"] for row in rows(path, "SELECT DISTINCT organisation FROM document")}
    assert {"Region Ljusmark", "Almsjö kommun"} <= organisations
    lonely = rows(
        path,
        "SELECT a.address FROM current_assignment AS a LEFT JOIN thread_record AS r ON r.address = a.address"
        " WHERE a.act = 'assignment' AND r.thread IS NULL",
    )
    assert lonely == []


def test_every_link_and_event_has_its_evidence(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = _sample_database(tmp_path_factory)
    for link in rows(path, "SELECT * FROM tradlank"):
        assert link["bevis"]
        assert link["regel"].startswith("link.")
        assert 0 < link["sakerhet"] <= 1
    for event in rows(path, "SELECT e.*, p.text AS page_text FROM tradhandelse AS e JOIN document AS d ON d.sha256 = e.dokument_id"
                            " JOIN page AS p ON p.document = d.id AND p.number = e.sida"):  # fmt: skip
        start = "".join(c for c in event["text"][:25].lower() if c.isalnum())
        assert start in "".join(c for c in event["page_text"].lower() if c.isalnum()), event["text"]


# -------------------------------------------------------------------------------------------------- however they come


def test_running_again_changes_nothing_and_writes_nothing(store: Store) -> None:
    put(store, list(samples()))
    first = store.relink()
    assert first.documents == len(samples())
    connection = sqlite3.connect(store.path, isolation_level=None)
    before = connection.execute("PRAGMA data_version").fetchone()
    again = store.relink()
    assert (again.documents, again.records, again.made) == (0, 0, 0)
    assert (again.threads, again.doubtful) == (first.threads, first.doubtful)
    assert connection.execute("PRAGMA data_version").fetchone() == before
    connection.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(15)), st.lists(st.integers(0, 14), max_size=6), st.lists(st.integers(0, 14), max_size=5, unique=True))
def test_documents_one_after_the_other_are_as_all_at_once(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], again: list[int], gone: list[int]
) -> None:
    """In any order, some read again under other rules, some taken out: what is there is linked as if all of it came at once."""
    documents = samples()
    folder = tmp_path_factory.mktemp("orders")
    with Store.open(folder / "piecemeal.db") as store:
        for number in order:
            put(store, [documents[number % len(documents)]])
            store.relink()
        for number in again:
            one = documents[number % len(documents)]
            put(store, [_under_other_rules(one)])
            store.relink()
        store.forget_paths([f"/{documents[n % len(documents)].sha256}" for n in gone])
        store.relink()
    left = [d for d in documents if d.sha256 not in {documents[n % len(documents)].sha256 for n in gone}]
    with Store.open(folder / "at_once.db") as store:
        put(store, left)
        store.relink()
    assert everything(folder / "piecemeal.db") == everything(folder / "at_once.db")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(16)), st.lists(st.integers(0, 15), max_size=5), st.lists(st.integers(0, 15), max_size=8, unique=True))
def test_copies_hang_on_one_of_them_however_they_come(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], again: list[int], gone: list[int]
) -> None:
    documents = copies()
    folder = tmp_path_factory.mktemp("copies")
    with Store.open(folder / "piecemeal.db") as store:
        for at in range(0, len(order), 3):
            put(store, [documents[number] for number in order[at : at + 3]])
            store.relink()
        store.forget_paths([f"/{documents[n].sha256}" for n in gone])
        store.relink()
        for number in again:
            put(store, [_under_other_rules(documents[number])])
            store.relink()
    kept = [d for n, d in enumerate(documents) if n not in gone or n in again]
    with Store.open(folder / "at_once.db") as store:
        put(store, kept)
        store.relink()
    assert everything(folder / "piecemeal.db") == everything(folder / "at_once.db")


def test_copies_make_no_more_threads_and_one_link_each(store: Store) -> None:
    documents = copies()
    put(store, list(documents[:4]))
    first = store.relink()
    links = rows(store.path, "SELECT * FROM thread_link")
    put(store, list(documents[4:]))
    all_of_them = store.relink()
    assert all_of_them.threads < 1.2 * first.threads  # what names no day, no number and few words is not known to be the same
    assert all_of_them.doubtful == first.doubtful
    records = {r["id"]: r for r in rows(store.path, "SELECT id, thread, copy_of FROM thread_record")}
    hanging = [r for r in records.values() if r["copy_of"] is not None]
    assert len(hanging) > len(records) / 2
    assert all(r["thread"] == records[r["copy_of"]]["thread"] for r in hanging)
    assert len(rows(store.path, "SELECT * FROM thread_link")) <= 4 * len(links) + len(hanging)


def _under_other_rules(one: DocumentRows) -> DocumentRows:
    row = list(one.tables["document"][0])
    row[1] = "v2"
    return DocumentRows(one.sha256, "v2", {**one.tables, "document": [tuple(row)]})


@pytest.mark.as_python
def test_more_documents_linked_in_parts_are_as_all_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Varied documents of many organisations, where blocks are large and grow past what is compared."""
    monkeypatch.setattr(threads, "BLOCK", 30)
    monkeypatch.setattr(threads, "WORD_BLOCK", 12)
    monkeypatch.setattr(generated, "ORGANISATIONS", 2)
    monkeypatch.setattr(generated, "_WEEKS", 14)
    documents = _generated(500, 100)
    with Store.open(tmp_path / "parts.db") as store:
        for number in range(0, len(documents), 25):
            put(store, documents[number : number + 25])
            store.relink()
    monkeypatch.setattr(relink, "_AT_ONCE", len(documents))  # one transaction, where it would be several
    with Store.open(tmp_path / "whole.db") as store:
        put(store, documents)
        store.relink()
    parts = everything(tmp_path / "parts.db")
    assert len(parts["thread_link"]) > 100
    assert everything(tmp_path / "whole.db") == parts


@pytest.mark.as_python
def test_one_cut_off_before_the_threads_were_made_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = list(samples())
    with Store.open(tmp_path / "whole.db") as store:
        put(store, documents)
        store.relink()
    with Store.open(tmp_path / "cut.db") as store:
        put(store, documents)
        with monkeypatch.context() as patched:
            patched.setattr(relink._Linking, "catch_up", _cut_off)
            with pytest.raises(KeyboardInterrupt):
                store.relink()
        assert rows(store.path, "SELECT * FROM thread") == []
        assert store.relink().made > 0
    assert everything(tmp_path / "cut.db") == everything(tmp_path / "whole.db")
    assert rows(tmp_path / "cut.db", "SELECT * FROM thread_stale") == []


def test_what_another_version_linked_is_linked_anew(store: Store) -> None:
    put(store, list(samples()))
    store.relink()
    before = everything(store.path)
    connection = sqlite3.connect(store.path, isolation_level=None)
    connection.execute("UPDATE thread_document SET mark = '1' WHERE sha256 = 'linking'")
    connection.execute("DELETE FROM thread_key")
    connection.close()
    assert store.relink().documents == len(samples())
    assert everything(store.path) == before
    assert rows(store.path, "SELECT count(*) AS n FROM thread_key")[0]["n"] > 0
    assert store.relink().documents == 0


def _cut_off(*_: object) -> None:
    raise KeyboardInterrupt


class _Recorder:
    """Takes what is loaded instead of a database."""

    def __init__(self) -> None:
        self.documents: list[DocumentRows] = []

    def note_files(self, files: list[FileRow]) -> None:
        pass

    def load(self, batch: list[DocumentRows]) -> LoadReport:
        self.documents += batch
        return LoadReport(len(batch), 0, 0, 0.0)


def _generated(assignments: int, documents: int) -> list[DocumentRows]:
    recorder = _Recorder()
    generated.fill(recorder, assignments, documents)  # type: ignore[arg-type]
    return recorder.documents


# --------------------------------------------------------------------------------------------------------- people


def _decide(path: Path, action: str, record: str, other: str, undoes: int | None = None) -> int:
    connection = sqlite3.connect(path, isolation_level=None)
    cursor = connection.execute(
        "INSERT INTO link_decision (at, who, action, record, other, undoes) VALUES ('2024-01-01', 'Eva', ?, ?, ?, ?)",
        (action, record, other, undoes),
    )
    number = int(cursor.lastrowid or 0)
    update(connection)
    connection.close()
    return number


def _threads_of(path: Path, *addresses: str) -> int:
    marks = ", ".join(f"'{address}'" for address in addresses)
    return len(rows(path, f"SELECT DISTINCT thread FROM thread_record WHERE address IN ({marks})"))  # noqa: S608


def test_people_cut_confirm_make_and_undo(store: Store) -> None:
    put(store, list(samples()))
    store.relink()
    before = everything(store.path)
    link = rows(
        store.path, "SELECT * FROM thread_link WHERE standing = 'joined' AND rule = 'link.paragraph' ORDER BY record, other LIMIT 1"
    )[0]
    cut = _decide(store.path, "cut", link["record"], link["other"])
    assert _threads_of(store.path, link["record"], link["other"]) == 2
    (now,) = rows(store.path, f"SELECT standing FROM thread_link WHERE record = '{link['record']}' AND other = '{link['other']}'")  # noqa: S608
    assert now["standing"] == "cut"
    _decide(store.path, "undo", link["record"], link["other"], cut)
    assert everything(store.path) == before

    doubtful = rows(store.path, "SELECT * FROM thread_link WHERE standing = 'doubtful' ORDER BY record, other LIMIT 1")[0]
    confirmed = _decide(store.path, "confirm", doubtful["record"], doubtful["other"])
    assert _threads_of(store.path, doubtful["record"], doubtful["other"]) == 1
    _decide(store.path, "undo", doubtful["record"], doubtful["other"], confirmed)
    assert everything(store.path) == before

    one, two = (
        row["id"] for row in rows(store.path, "SELECT id FROM thread WHERE organisation = 'Region Ljusmark' AND records = 1 LIMIT 2")
    )
    made = _decide(store.path, "make", one, two)
    assert _threads_of(store.path, one, two) == 1
    # a full relink hears people too
    hand = everything(store.path)
    store.relink(everything=True)
    assert everything(store.path) == hand
    _decide(store.path, "undo", one, two, made)
    store.relink(everything=True)
    assert everything(store.path) == before


def test_a_decision_on_links_is_never_changed_or_removed(store: Store) -> None:
    put(store, list(samples()[:3]))
    store.relink()
    a, b = (row["address"] for row in rows(store.path, "SELECT address FROM thread_record LIMIT 2"))
    _decide(store.path, "cut", a, b)
    connection = sqlite3.connect(store.path)
    for sql in (
        "UPDATE link_decision SET who = 'x'",
        "DELETE FROM link_decision",
        "INSERT OR REPLACE INTO link_decision SELECT * FROM link_decision",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="Beslut om länkar"):
            connection.execute(sql)
    connection.close()
