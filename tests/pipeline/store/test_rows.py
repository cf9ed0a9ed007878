"""Rows: every value with its place, money exact, and the columns those of the schema."""

from __future__ import annotations

import json
import pickle
import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractors.assemble import extract
from extractors.model import FileStatus, Reading, Span
from pipeline.migrations import migrate
from pipeline.rows import COLUMNS, _Builder, assignment_address, to_rows
from rules.ruleset import load_rules
from tests.extractors.laid_out import lay_out


def test_columns_are_those_of_the_schema() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    for table, columns in COLUMNS.items():
        found = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        expected = list(columns)
        own = {"page": ["id", "document"], "assignment": ["id", "document"], "document": ["id"]}.get(table, ["document"])
        assert found == own + expected, table


def test_every_row_is_as_wide_as_its_columns_and_pickles(written: list[Any]) -> None:
    for one in written:
        rows = to_rows(one.reading, one.extraction)
        assert rows.tables.keys() == COLUMNS.keys()
        for table, found in rows.tables.items():
            assert {len(row) for row in found} <= {len(COLUMNS[table])}, table
        assert pickle.loads(pickle.dumps(rows)) == rows  # noqa: S301 - made here


def test_the_text_under_the_boxes_of_every_value_is_the_value(written: list[Any]) -> None:
    """Each box is the line it stands in, from the left edge of its first word: what is drawn is what was found."""
    checked = 0
    for one in written:
        document = one.extraction.document
        for table, found in to_rows(one.reading, one.extraction).tables.items():
            if "boxes" not in COLUMNS[table]:
                continue
            for row in found:
                value = dict(zip(COLUMNS[table], row, strict=True))
                boxes = json.loads(value["boxes"])
                if value["start"] is None:
                    assert boxes == []
                    continue
                assert boxes[0][0] == value["page"]
                words: list[str] = []
                for page, x0, top, x1, _ in boxes:
                    (line,) = (candidate for candidate in document.pages[page - 1].lines if abs(candidate.top - top) < 0.1)
                    for word, left in zip(line.text.split(), line.words, strict=True):
                        if x0 - 0.1 <= left < x1:
                            words.append(word)
                inside = document.text[value["start"] : value["stop"]].split()
                if table == "paragraph":  # the box is that of the printed number
                    inside = value["label"].split()
                assert len(words) == len(inside)
                assert all(part in word for part, word in zip(inside, words, strict=True)), (table, inside, words)
                checked += 1
    assert checked > 25


def test_money_is_whole_ore(written: list[Any]) -> None:
    tables = to_rows(written[0].reading, written[0].extraction).tables
    assert [row[2] for row in tables["amount"]] == [-6_300_000_000, 250_000_000]
    assert tables["assignment_amount"] == [(0, 0, 1)]
    summed = COLUMNS["assignment"].index("amount_ore")
    assert [row[summed] for row in tables["assignment"]][:2] == [250_000_000, None]


def test_an_amount_that_no_integer_holds_is_an_issue_not_a_number(written: list[Any]) -> None:
    extraction = written[0].extraction
    huge = replace(extraction.amounts[0], sek=Decimal("1e30"), raw="1" + "0" * 30)
    tables = to_rows(written[0].reading, replace(extraction, amounts=(huge,))).tables
    assert tables["amount"][0][2] is None
    assert [row[1] for row in tables["issue"]][-1] == "amount_too_large"
    assert tables["document"][0][-1] == len(tables["issue"])


def test_an_amount_only_an_assignment_names_is_an_amount_of_the_document(written: list[Any]) -> None:
    extraction = written[0].extraction
    tables = to_rows(written[0].reading, replace(extraction, amounts=())).tables
    assert [row[1] for row in tables["amount"]] == ["2,5 mnkr"]
    assert tables["assignment_amount"] == [(0, 0, 0)]


def test_an_address_survives_another_order_and_other_rules(written: list[Any]) -> None:
    one = written[0]
    turned = replace(one.extraction, assignments=one.extraction.assignments[::-1], rules_fingerprint="rules-2")
    column = COLUMNS["assignment"].index("address")
    before = {row[column] for row in to_rows(one.reading, one.extraction).tables["assignment"]}
    assert {row[column] for row in to_rows(one.reading, turned).tables["assignment"]} == before
    assert assignment_address(one.reading.sha256, "k1") in before
    assert len(before) == 5


def test_two_assignments_with_one_key_are_refused(written: list[Any]) -> None:
    first = written[0].extraction.assignments[0]
    with pytest.raises(ValueError, match="same key 'k1'"):
        to_rows(written[0].reading, replace(written[0].extraction, assignments=(first, first)))


def test_rules_of_parties_come_from_their_cue_else_from_the_frame(written: list[Any]) -> None:
    parties = to_rows(written[0].reading, written[0].extraction).tables["party"]
    rules = {(row[0], row[1]): row[6] for row in parties}
    assert rules[0, "assignee"] == "slot.subject"
    assert rules[0, "assigner"] == "frame.far_i_uppdrag"


def test_page_text_is_the_page_and_only_it(written: list[Any]) -> None:
    pages = to_rows(written[0].reading, written[0].extraction).tables["page"]
    assert [row[0] for row in pages] == [1, 2]
    assert "§ 41" in pages[0][-1]
    assert "§ 42" not in pages[0][-1]
    assert pages[1][-1].endswith("Justerat: Karin Öst, ordförande")
    assert [row[-2] for row in pages] == [0, 1]


def test_counts_of_the_document_add_up(written: list[Any]) -> None:
    document = dict(zip(COLUMNS["document"], to_rows(written[0].reading, written[0].extraction).tables["document"][0], strict=True))
    assert (
        document["paragraphs"] == 3 == sum(document[f"paragraphs_{kind}"] for kind in ("assignments", "decision", "no_decision", "unread"))
    )
    assert (document["assignments"], document["needs_review"], document["issues"]) == (3, 1, 3)
    assert (document["lines"], document["lines_removed"], document["pages"]) == (18, 1, 2)


def test_a_file_that_could_not_be_read_is_a_row(tmp_path: Path) -> None:
    reading = Reading("0" * 64, "krypterad.pdf", FileStatus.ENCRYPTED, message="Filen är krypterad.")
    rows = to_rows(reading, None, "mark")
    assert rows.fingerprint == "mark"
    document = dict(zip(COLUMNS["document"], rows.tables["document"][0], strict=True))
    assert (document["status"], document["reading_status"], document["message"]) == ("failed", "encrypted", "Filen är krypterad.")


def test_confidence_of_a_page_read_by_ocr_is_the_mean_of_its_lines(written: list[Any]) -> None:
    reading = written[1].reading
    lines = tuple(line._replace(confidence=0.5 + 0.1 * n) for n, line in enumerate(reading.pages[0].lines))
    page = replace(reading.pages[0], reader="tesseract", lines=lines)
    extraction = replace(written[1].extraction, document=replace(written[1].extraction.document, pages=(page,)))
    row = to_rows(replace(reading, pages=(page,)), extraction).tables["page"][0]
    assert row[5] == pytest.approx(0.6)


def test_the_text_of_a_page_is_its_own() -> None:
    """Page heads stand behind the text of a document, each on the page it was first printed on."""
    pages = lay_out(
        "§ 1 Val\n# Beslut\nEva Ek väljs till ordförande för nämnden.\n===\n§ 2 Bokslut\n# Beslut\nBokslutet godkänns.",
        head=("Storköpings kommun", "Protokoll 3 (9)"),
    )
    reading = Reading("0" * 64, "protokoll.pdf", FileStatus.READ, pages)
    texts = [row[COLUMNS["page"].index("text")] for row in to_rows(reading, extract(reading, load_rules())).tables["page"]]
    assert len(texts) == len(pages) > 1
    assert "Eva Ek" in texts[0]
    assert "godkänns" not in texts[0]
    assert "godkänns" in texts[1]
    assert "Eva Ek" not in texts[1]


def test_boxes_are_those_of_the_document(written: list[Any]) -> None:
    """The fast way gives what Document.boxes gives, for every span of both documents."""
    for one in written:
        document = one.extraction.document
        builder = _Builder(one.reading, one.extraction)
        for start in range(0, len(document.text), 3):
            for length in (0, 1, 2, 5, 11, 40, 90, 300):
                span = Span(start, min(start + length, len(document.text)))
                boxes = document.boxes(span)
                page, drawn = builder.drawn(span)
                assert drawn == "[" + ",".join(f"[{b.page},{b.x0:.1f},{b.top:.1f},{b.x1:.1f},{b.bottom:.1f}]" for b in boxes) + "]"
                assert page == (boxes[0].page if boxes else document.page_of(span.start))
