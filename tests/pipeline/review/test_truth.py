"""A person's word: added and never changed, laid over every extraction, taken back only by another word."""

# ruff: noqa: S608 - names of our own tables

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.review import ledger
from pipeline.review.ledger import CollisionError, DecisionError, token
from pipeline.review.record import Due, Party, Record, changes, from_json, standing

Find = Callable[[str], str]
Again = Callable[[Callable[[Path], None]], None]
PLAN, ROUTINE = "samlad handlingsplan", "anställningsprövning"


def now(connection: sqlite3.Connection, address: str) -> Any:
    found = standing(connection, address)
    assert found is not None
    return found


def seen(connection: sqlite3.Connection, address: str) -> str:
    return token(now(connection, address))


def shown(connection: sqlite3.Connection, address: str, columns: str = "*") -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = connection.execute(f"SELECT {columns} FROM uppdrag WHERE uppdrag_id = ?", (address,)).fetchone()
    return found


def without(trigger: str) -> Callable[[Path], None]:
    """Rules in which one trigger is gone."""

    def change(folder: Path) -> None:
        path = folder / "sv" / "frames.toml"
        blocks = re.split(r"(?m)^(?=\[\[|# ---)", path.read_text(encoding="utf-8"))
        kept = [block for block in blocks if f'id = "{trigger}"' not in block]
        assert len(kept) == len(blocks) - 1
        path.write_text("".join(kept), encoding="utf-8")

    return change


def nothing(folder: Path) -> None:
    """The same rules."""


@pytest.mark.parametrize("table", ["review_change_set", "review_change", "review_state", "review_document"])
def test_review_tables_refuse_change_removal_and_replacement(connection: sqlite3.Connection, address: Find, table: str) -> None:
    a = address(PLAN)
    ledger.accept(connection, "anna", a, seen(connection, a))
    document = now(connection, a).document
    connection.execute("INSERT INTO review_document (change_set, document, done) VALUES (1, ?, 1)", (document,))
    connection.commit()
    before = connection.execute(f"SELECT * FROM {table}").fetchall()
    assert before
    column = "ordinal" if table == "review_change" else "id"
    for sql in (f"UPDATE {table} SET {column} = 99", f"DELETE FROM {table}", f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match="Granskningar"):
            connection.execute(sql)
    connection.rollback()
    assert connection.execute(f"SELECT * FROM {table}").fetchall() == before


def test_a_correction_is_the_current_value_everywhere_and_the_extraction_is_as_it_was(
    connection: sqlite3.Connection, address: Find
) -> None:
    a = address(PLAN)
    extraction = connection.execute("SELECT * FROM assignment WHERE address = ?", (a,)).fetchone()
    assert shown(connection, a, "granskad, granskning") == ("nej", None)
    record = now(connection, a).record
    corrected = replace(
        record,
        status="proposed",
        assignee=(Party("Ekonomidirektören"),),
        deadlines=(replace(record.deadlines[0], last="2024-11-30", first="2024-11-30", raw="senast den 30 november 2024"),),
    )
    done = ledger.correct(connection, "anna", a, seen(connection, a), corrected, why="fel  dag")
    wanted = ("proposed", "Ekonomidirektören", "2024-11-30", "ja", "gäller")
    assert shown(connection, a, "statuskod, mottagare, tidsfrist_till, granskad, granskning") == wanted
    parties = connection.execute("SELECT roll, part FROM parter WHERE uppdrag_id = ?", (a,)).fetchall()
    assert ("mottagare", "Ekonomidirektören") in parties
    assert [p for role, p in parties if role == "mottagare"] == ["Ekonomidirektören"]
    assert connection.execute("SELECT tidsfrist_till FROM tidsfrister WHERE uppdrag_id = ?", (a,)).fetchall() == [("2024-11-30",)]
    assert connection.execute("SELECT * FROM assignment WHERE address = ?", (a,)).fetchone() == extraction
    told = ledger.history(connection, a)
    assert [(h["who"], h["action"], h["why"]) for h in told] == [("anna", "correct", "fel dag")]
    assert [c["field"] for c in told[0]["changes"]] == ["status", "assignee", "deadlines", "verdict"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told[0]["at"])
    ledger.undo(connection, "bo", done.change_set)
    assert shown(connection, a, "statuskod, tidsfrist_till, granskad") == ("decided", "2024-10-15", "nej")
    assert [h["undone"] for h in ledger.history(connection, a)] == [False, True]


def test_the_state_is_what_the_changes_add_up_to(connection: sqlite3.Connection, address: Find) -> None:
    """Replaying the history from nothing gives every state, so neither table says something the other does not."""
    a, b = address(PLAN), address(ROUTINE)
    start = now(connection, a).record
    ledger.accept(connection, "anna", a, seen(connection, a))
    ledger.correct(connection, "bo", a, seen(connection, a), replace(start, task="ta fram en plan", done=True))
    ledger.merge(connection, "bo", a, seen(connection, a), [b])
    last = ledger.split(connection, "anna", a, seen(connection, a), ["första", "andra"])
    ledger.undo(connection, "eva", last.change_set)
    record = start
    for change_set, state in connection.execute("SELECT change_set, value FROM review_state WHERE record = ? ORDER BY id", (a,)).fetchall():
        told = next(h for h in ledger.history(connection, a) if h["id"] == change_set)
        for change in told["changes"]:
            if change["field"] not in ("verdict", "merged_into"):
                assert record.value(change["field"]) == change["old"]
                record = record.with_value(change["field"], change["new"])
        assert changes(record, from_json(state)) == []
    assert record.done is True


def test_a_person_s_word_outlasts_an_ingest_with_other_rules(connection: sqlite3.Connection, address: Find, ingest_again: Again) -> None:
    a, b = address(PLAN), address(ROUTINE)
    record = now(connection, a).record
    ledger.correct(connection, "anna", a, seen(connection, a), replace(record, deadlines=(Due("före jul", "vague"),)))
    ledger.reject(connection, "anna", b, seen(connection, b), why="bara ett exempel")
    before = connection.execute("SELECT * FROM review_state").fetchall()
    ingest_again(without("frame.hands_over"))
    assert connection.execute("SELECT * FROM review_state").fetchall() == before
    assert shown(connection, a, "tidsfrist_text, granskad, granskning") == ("före jul", "ja", "gäller")
    assert shown(connection, b) is None
    assert connection.execute("SELECT skal FROM ej_uppdrag WHERE lank LIKE ?", (f"%{b}",)).fetchone() == (
        "underkänt vid granskning: bara ett exempel",
    )


def test_a_review_whose_point_is_gone_is_an_orphan_that_stays_and_can_be_attached_again(
    connection: sqlite3.Connection, address: Find, ingest_again: Again
) -> None:
    a, other = address(PLAN), address("avgifter och taxor")
    record = now(connection, a).record
    ledger.correct(connection, "anna", a, seen(connection, a), replace(record, assignee=(Party("Ekonomichefen"),)))
    ingest_again(without("frame.i_uppdrag"))
    assert connection.execute("SELECT 1 FROM assignment WHERE address = ?", (a,)).fetchone() is None
    assert shown(connection, a, "mottagare, granskning") == ("Ekonomichefen", "föräldralös")
    assert now(connection, a).standing == "orphan"
    with pytest.raises(DecisionError, match="har kvar sin punkt"):
        ledger.reattach(connection, "bo", other, seen(connection, other), a)
    attached = ledger.reattach(connection, "bo", a, seen(connection, a), other)
    assert shown(connection, a) is None
    assert shown(connection, other, "mottagare, granskning") == ("Ekonomichefen", "gäller")
    ledger.undo(connection, "bo", attached.change_set)
    assert shown(connection, a, "granskning") == ("föräldralös",)
    assert shown(connection, other, "granskad") == ("nej",)
    ingest_again(nothing)
    assert shown(connection, a, "mottagare, granskning") == ("Ekonomichefen", "gäller")


def test_a_review_is_stale_only_where_source_and_extraction_both_changed(
    connection: sqlite3.Connection, address: Find, ingest_again: Again
) -> None:
    """Section words are part of what the reviewer saw: without "Beslut" as one, the source is another and the status too."""
    a = address(PLAN)
    ledger.accept(connection, "anna", a, seen(connection, a))
    base = connection.execute("SELECT base_source, base_extraction FROM review_state").fetchone()

    def sections(folder: Path) -> None:
        path = folder / "sv" / "sections.toml"
        text = path.read_text(encoding="utf-8")
        block = next(b for b in re.split(r"(?m)^(?=\[\[)", text) if 'kind = "decision"' in b or 'id = "section.decision"' in b)
        path.write_text(text.replace(block, block.replace('"decision"', '"background"')), encoding="utf-8")

    ingest_again(sections)
    mark = connection.execute("SELECT source, extraction FROM extraction_mark WHERE address = ?", (a,)).fetchone()
    assert mark is not None
    assert mark[0] != base[0]
    assert mark[1] != base[1]
    assert shown(connection, a, "statuskod, granskning") == ("decided", "inaktuell")
    ledger.accept(connection, "bo", a, seen(connection, a))
    assert shown(connection, a, "granskning") == ("gäller",)


def test_a_review_of_a_document_that_left_the_database_is_an_orphan(connection: sqlite3.Connection, db: Path, address: Find) -> None:
    from pipeline.store import Store

    a = address(PLAN)
    ledger.accept(connection, "anna", a, seen(connection, a))
    with Store.open(db) as store:
        store.forget_paths(list(store.files()))
    found = connection.execute("SELECT standing, document_name FROM current_review").fetchone()
    assert found == ("orphan", "03-protokoll-rs-2024-03-12.pdf")
    assert now(connection, a).record.task


def test_the_second_reviewer_is_told_and_nothing_is_written(connection: sqlite3.Connection, address: Find) -> None:
    a = address(PLAN)
    first = seen(connection, a)
    ledger.accept(connection, "anna", a, first)
    with pytest.raises(CollisionError) as error:
        ledger.reject(connection, "bo", a, first, why="fel")
    assert (error.value.now.who, error.value.now.verdict) == ("anna", "accepted")
    assert connection.execute("SELECT count(*) FROM review_change_set").fetchone() == (1,)


def test_an_extraction_that_changed_meanwhile_is_a_collision_too(
    connection: sqlite3.Connection, address: Find, ingest_again: Again
) -> None:
    a = address(PLAN)
    first = seen(connection, a)
    connection.execute("UPDATE assignment SET task = 'något annat' WHERE address = ?", (a,))
    connection.commit()
    with pytest.raises(CollisionError):
        ledger.accept(connection, "bo", a, first)


def test_undo_takes_back_only_its_own_and_says_what_it_left(connection: sqlite3.Connection, address: Find) -> None:
    a = address(PLAN)
    one = ledger.correct(connection, "anna", a, seen(connection, a), replace(now(connection, a).record, task="A", act="target"))
    ledger.correct(connection, "bo", a, seen(connection, a), replace(now(connection, a).record, task="B"))
    undone = ledger.undo(connection, "eva", one.change_set)
    assert undone.kept == ("task", "verdict")
    assert (now(connection, a).record.task, now(connection, a).record.act, now(connection, a).verdict) == ("B", "assignment", "corrected")
    with pytest.raises(DecisionError, match="redan ångrad"):
        ledger.undo(connection, "eva", one.change_set)
    again = ledger.undo(connection, "eva", undone.change_set)
    assert now(connection, a).record.act == "target"
    with pytest.raises(DecisionError, match="ingen sådan"):
        ledger.undo(connection, "eva", again.change_set + 100)


def test_a_decision_that_changes_nothing_is_in_the_history(connection: sqlite3.Connection, address: Find) -> None:
    a = address(PLAN)
    ledger.reject(connection, "anna", a, seen(connection, a), why="bara ett yrkande")
    ledger.reject(connection, "bo", a, seen(connection, a), why="avslaget")
    assert [(entry["who"], entry["why"]) for entry in ledger.history(connection, a)] == [("bo", "avslaget"), ("anna", "bara ett yrkande")]


def test_undo_where_all_was_decided_again_is_refused(connection: sqlite3.Connection, address: Find) -> None:
    a = address(PLAN)
    one = ledger.correct(connection, "anna", a, seen(connection, a), replace(now(connection, a).record, task="A"))
    ledger.correct(connection, "bo", a, seen(connection, a), replace(now(connection, a).record, task="B"))
    with pytest.raises(DecisionError, match="senare först"):
        ledger.undo(connection, "eva", one.change_set)


def test_split_merge_add_and_their_undoing_count_up(connection: sqlite3.Connection, address: Find) -> None:
    def count() -> int:
        return int(connection.execute("SELECT count(*) FROM uppdrag").fetchone()[0])

    a, b, whole = address(PLAN), address(ROUTINE), count()
    listed = "SELECT sum(antal_uppdrag), (SELECT sum(uppdrag) FROM tackning) FROM dokument"
    assert connection.execute(listed).fetchone() == (whole, whole)
    split = ledger.split(connection, "anna", a, seen(connection, a), ["ta fram en plan", "redovisa den", "  "])
    assert count() == whole + 1
    assert {row[0] for row in connection.execute("SELECT uppgift FROM uppdrag WHERE granskad = 'ja'")} == {
        "ta fram en plan",
        "redovisa den",
    }
    merged = ledger.merge(connection, "anna", a, seen(connection, a), [b])
    assert count() == whole
    joined = now(connection, a).record
    assert joined.task.startswith("ta fram en plan samt senast den 30 april")
    assert len(joined.deadlines) == 2
    added = ledger.add(
        connection,
        "anna",
        now(connection, a).document,
        Record("Förvaltningen ska spara.", "spara", 2, boxes=((2, 70.0, 80.0, 300.0, 92.0),)),
    )
    assert count() == whole + 1
    assert connection.execute(listed).fetchone() == (whole + 1, whole + 1)
    assert added.record is not None
    assert shown(connection, added.record, "uppgift, sida, granskad, granskning") == ("spara", 2, "ja", "gäller")
    for decided in (added, merged, split):
        ledger.undo(connection, "anna", decided.change_set)
    assert count() == whole
    assert connection.execute(listed).fetchone() == (whole, whole)
    assert connection.execute("SELECT count(*) FROM uppdrag WHERE granskad = 'ja'").fetchone() == (0,)


def test_impossible_decisions_are_refused_and_leave_nothing(connection: sqlite3.Connection, address: Find) -> None:
    a, b = address(PLAN), address(ROUTINE)
    mark = seen(connection, a)
    for refused in (
        lambda: ledger.reject(connection, "x", a, mark, why="  "),
        lambda: ledger.split(connection, "x", a, mark, ["en"]),
        lambda: ledger.merge(connection, "x", a, mark, []),
        lambda: ledger.merge(connection, "x", a, mark, [a]),
        lambda: ledger.merge(connection, "x", a, mark, [address("hyrläkare")]),
        lambda: ledger.mark_duplicate(connection, "x", a, mark, a),
        lambda: ledger.mark_duplicate(connection, "x", a, mark, "0" * 16),
        lambda: ledger.add(connection, "x", "0" * 64, now(connection, a).record),
        lambda: ledger.accept(connection, "x", "0" * 16, mark),
        lambda: ledger.document_done(connection, "x", now(connection, a).document),
    ):
        with pytest.raises(DecisionError):
            refused()
    ledger.mark_duplicate(connection, "x", a, mark, b)
    with pytest.raises(DecisionError, match="själv en dubblett"):
        ledger.mark_duplicate(connection, "x", b, seen(connection, b), a)
    assert connection.execute("SELECT count(*) FROM review_change_set").fetchone() == (1,)
    assert shown(connection, a) is None


def test_a_document_gone_through_says_so_in_its_coverage(connection: sqlite3.Connection, address: Find) -> None:
    a = address("klagomålen")
    document = now(connection, a).document
    rows = connection.execute(
        "SELECT a.address FROM current_assignment AS a JOIN document AS d ON d.id = a.document WHERE d.sha256 = ?", (document,)
    ).fetchall()
    for (one,) in rows:
        ledger.accept(connection, "anna", one, seen(connection, one))
    done = ledger.document_done(connection, "anna", document)
    coverage = "SELECT granskade, genomganget FROM tackning WHERE dokument_id = ?"
    assert connection.execute(coverage, (document,)).fetchone() == (len(rows), "ja")
    ledger.undo(connection, "anna", done.change_set)
    assert connection.execute(coverage, (document,)).fetchone() == (len(rows), "nej")


def test_reopened_is_the_extraction_s_again(connection: sqlite3.Connection, address: Find) -> None:
    a = address(PLAN)
    ledger.correct(connection, "anna", a, seen(connection, a), replace(now(connection, a).record, task="A"))
    ledger.reopen(connection, "bo", a, seen(connection, a))
    assert now(connection, a).record == now(connection, a).extraction
    assert shown(connection, a, "granskad") == ("nej",)
