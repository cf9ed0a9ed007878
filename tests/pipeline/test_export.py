"""The extraction JSON keeps its contract, the table shows it, and the explaining page shows all of the text and escapes it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from rich.console import Console

from extractors.model import (
    Amount,
    Assignment,
    Block,
    BlockKind,
    Cue,
    DateMention,
    Deadline,
    Document,
    Extraction,
    FileStatus,
    Issue,
    Line,
    Meta,
    NotAssignment,
    Origin,
    Page,
    Paragraph,
    Party,
    Percentage,
    Person,
    Reading,
    Reference,
    Section,
    Segment,
    Span,
)
from pipeline.export.contract import ExtractionJson, as_json, whole_kronor
from pipeline.export.explained import as_html
from pipeline.export.terminal import as_table

FIRST = "§ 196 <script>alert('x')</script> & budget"
SECOND = "Regionstyrelsen ger regiondirektören i uppdrag att spara 63,5"
THIRD = "miljoner kronor senast den 30 maj"
FOURTH = "Rapporten läggs till handlingarna"
PATH = Path("arkiv/rs-2024.pdf")


def _line(text: str, top: float) -> Line:
    lefts, at = [], 50.0
    for word in text.split():
        lefts.append(at)
        at += 6.0 * (len(word) + 1)
    return Line(text, 50.0, top, at - 6.0, top + 12.0, 11.0, False, top + 10.0, tuple(lefts))


def _pages() -> tuple[Page, ...]:
    return (
        Page(1, 595, 842, (_line("Region Fiktiv 1 (2)", 20), _line(FIRST, 100), _line(SECOND, 120))),
        Page(2, 595, 842, (_line(THIRD, 100), _line(FOURTH, 120))),
    )


def _document() -> Document:
    text = f"{FIRST}\n{SECOND} {THIRD}\n{FOURTH}"
    segments, at = [], 0
    for page, line, printed in ((1, 1, FIRST), (1, 2, SECOND), (2, 0, THIRD), (2, 1, FOURTH)):
        segments.append(Segment(at, at + len(printed), page, line, 0))
        at += len(printed) + 1
    heading, point, last = len(FIRST), len(FIRST) + 1 + len(SECOND) + 1 + len(THIRD), len(text)
    return Document(
        text,
        tuple(segments),
        (
            Block(0, heading, BlockKind.HEADING, 1, 0, paragraph=0),
            Block(heading + 1, point, BlockKind.TEXT, 1, heading + 1, section=0, paragraph=0),
            # The last line stands in no block: it must be shown all the same.
        ),
        (Section(heading + 1, last, "decision", "Beslut", 0),),
        (Paragraph(0, last, "§ 196", "Budget", "RS/12/2024", 1),),
        _pages(),
        ((1, 0, "page_number"),),
    )


def _span(document: Document, words: str) -> Span:
    start = document.text.index(words)
    return Span(start, start + len(words))


def _extraction() -> Extraction:
    document = _document()
    sentence = _span(document, f"{SECOND} {THIRD}")
    deadline = Deadline(
        _span(document, "senast den 30 maj"), "senast den 30 maj", "due", None, date(2024, 5, 30), "day", "meeting", "sv.deadline.by"
    )
    amount = Amount(
        _span(document, "63,5 miljoner kronor"), "63,5 miljoner kronor", Decimal("-63500000.50"), "sv.amount", 2024, "saving", None
    )
    first = Assignment(
        key="aaaa:1",
        act="assignment",
        status="decided",
        span=sentence,
        text=f"{SECOND} {THIRD}",
        task="spara 63,5 miljoner kronor",
        task_span=_span(document, "spara 63,5 miljoner kronor"),
        block=1,
        paragraph=0,
        assigner=(Party("Regionstyrelsen", "Regionstyrelsen", _span(document, "Regionstyrelsen")),),
        assignees=(Party("Regiondirektören", "regiondirektören", _span(document, "regiondirektören")),),
        report_to=(Party("Regionstyrelsen", None, None, "meeting"),),
        deadlines=(deadline,),
        amounts=(amount,),
        confidence=0.87654,
        rules=("sv.frame.ger_i_uppdrag",),
        cues=(Cue("status=decided", "sv.status.heading", "står under <Beslut>", None),),
    )
    again = replace(
        first,
        key="aaaa:2",
        status="cited",
        duplicate_of="aaaa:1",
        paragraph=-1,
        origin=Origin("Regionfullmäktige", date(2023, 1, 2), "§ 4"),
        done=True,
    )
    return Extraction(
        Meta("protokoll", "Budget <b>2024</b>", "Regionstyrelsen", date(2024, 4, 3), date(2024, 4, 4), None, "fiktiv"),
        document,
        "partial",
        (first, again),
        (NotAssignment(_span(document, FOURTH), FOURTH, "routing", "sv.not"),),
        (amount,),
        (Percentage(_span(document, "budget"), "2,5 %", Decimal("2.5"), "sv.percent"),),
        (DateMention(_span(document, "den 30 maj"), "den 30 maj", date(2024, 5, 30), date(2024, 5, 30), "day", "meeting", "sv.date"),),
        (Reference(_span(document, "§ 196"), "§ 196", "paragraph", "§ 196", "sv.paragraph"),),
        (Person(_span(document, "Rapporten"), "Sara Lind", "Regiondirektör", "sv.person"),),
        (Issue("deadline_unresolved", "Vilket år?", None, _span(document, "den 30 maj")), Issue("no_text", "Sida 9 är tom", 9)),
        "f00d",
        ("assignments",),
    )


@pytest.fixture
def extraction() -> Extraction:
    return _extraction()


@pytest.fixture
def reading() -> Reading:
    return Reading("ab" * 32, "rs-2024.pdf", FileStatus.READ, _pages())


# ----------------------------------------------------------------------------------------------------------------------- JSON

# The contract, key by key, as other tools were told it.
CONTRACT: dict[str, set[str]] = {
    "": {"document", "issues", "paragraphs", "assignments", "amounts", "percentages", "dates", "references", "persons"},
    "document": {"path", "sha256", "kind", "title", "body", "meeting_from", "meeting_to", "diary_number", "pages", "status"},
    "issues": {"code", "page", "message"},
    "paragraphs": {"number", "heading", "diary_number", "page"},
    "assignments": {
        "id", "act", "status", "text", "page", "boxes", "paragraph", "task", "assigner", "assignees", "partners", "report_to",
        "deadlines", "amounts", "source", "done", "duplicate_of", "confidence", "rules",
    },
    "assignments.assigner": {"raw", "name"},
    "assignments.assignees": {"raw", "name"},
    "assignments.report_to": {"raw", "name"},
    "assignments.deadlines": {"raw", "kind", "from", "to", "precision", "basis"},
    "assignments.amounts": {"raw", "sek"},
    "assignments.source": {"body", "meeting_date", "paragraph", "diary_number"},
    "amounts": {"raw", "sek", "year", "kind", "concerns", "page"},
    "percentages": {"raw", "value", "page"},
    "dates": {"raw", "from", "to", "precision", "page"},
    "references": {"raw", "kind", "normalized", "page"},
    "persons": {"name", "role", "page"},
}  # fmt: skip


def _keys(value: Any, at: str, found: dict[str, set[str]]) -> None:
    if isinstance(value, dict):
        found.setdefault(at, set()).update(value)
        for key, inner in value.items():
            _keys(inner, f"{at}.{key}".strip("."), found)
    elif isinstance(value, list):
        for inner in value:
            _keys(inner, at, found)


def test_the_json_has_every_key_of_the_contract_and_no_other(reading: Reading, extraction: Extraction) -> None:
    found: dict[str, set[str]] = {}
    _keys(as_json(reading, extraction, PATH), "", found)
    assert found == CONTRACT


def test_the_json_is_plain_and_read_back_by_its_own_model(reading: Reading, extraction: Extraction) -> None:
    told = as_json(reading, extraction, PATH)
    assert json.loads(json.dumps(told, ensure_ascii=False)) == told
    assert ExtractionJson.model_validate_json(json.dumps(told)).model_dump(mode="json", by_alias=True) == told


def test_values_are_written_as_the_contract_says(reading: Reading, extraction: Extraction) -> None:
    told = as_json(reading, extraction, PATH)
    assert told["document"] == {
        "path": "arkiv/rs-2024.pdf",
        "sha256": "ab" * 32,
        "kind": "protokoll",
        "title": "Budget <b>2024</b>",
        "body": "Regionstyrelsen",
        "meeting_from": "2024-04-03",
        "meeting_to": "2024-04-04",
        "diary_number": None,
        "pages": 2,
        "status": "partial",
    }
    first, again = told["assignments"]
    assert first["deadlines"] == [
        {"raw": "senast den 30 maj", "kind": "due", "from": None, "to": "2024-05-30", "precision": "day", "basis": "meeting"}
    ]
    assert first["amounts"] == [{"raw": "63,5 miljoner kronor", "sek": -63500001}]
    assert type(first["amounts"][0]["sek"]) is int
    assert first["report_to"] == [{"raw": None, "name": "Regionstyrelsen"}]
    assert first["source"] == {"body": None, "meeting_date": None, "paragraph": None, "diary_number": None}
    assert again["source"]["meeting_date"] == "2023-01-02"
    assert (first["paragraph"], again["paragraph"]) == ("§ 196", None)
    assert (first["done"], again["done"]) == (None, True)
    assert told["issues"] == [
        {"code": "deadline_unresolved", "page": 2, "message": "Vilket år?"},
        {"code": "no_text", "page": 9, "message": "Sida 9 är tom"},
    ]


def test_a_duplicate_names_the_id_of_the_first(reading: Reading, extraction: Extraction) -> None:
    first, again = as_json(reading, extraction, PATH)["assignments"]
    assert again["duplicate_of"] == first["id"] != again["id"]
    assert first["duplicate_of"] is None
    # The same point of another file is another assignment.
    assert as_json(replace(reading, sha256="cd" * 32), extraction, PATH)["assignments"][0]["id"] != first["id"]


def test_a_box_a_printed_line_page_first(reading: Reading, extraction: Extraction) -> None:
    first = as_json(reading, extraction, PATH)["assignments"][0]
    assert [box[0] for box in first["boxes"]] == [1, 2]
    assert first["page"] == 1
    for page, x0, top, x1, bottom in first["boxes"]:
        assert type(page) is int
        assert x0 < x1
        assert top < bottom


@pytest.mark.parametrize(("sek", "whole"), [("0.49", 0), ("0.50", 1), ("-0.50", -1), ("1.50", 2), ("12345678901234.5", 12345678901235)])
def test_oere_are_rounded_to_whole_kronor(sek: str, whole: int) -> None:
    assert whole_kronor(Decimal(sek)) == whole


def test_a_file_that_could_not_be_read_is_failed_with_the_reader_s_sentence() -> None:
    broken = Reading("cd" * 32, "trasig.pdf", FileStatus.ENCRYPTED, message="Filen är krypterad; spara den utan lösenord.")
    told = as_json(broken, None, Path("trasig.pdf"))
    assert told["document"]["status"] == "failed"
    assert told["issues"] == [{"code": "encrypted", "page": None, "message": "Filen är krypterad; spara den utan lösenord."}]
    assert ExtractionJson.model_validate_json(json.dumps(told)).model_dump(mode="json", by_alias=True) == told


def test_what_breaks_the_contract_is_refused(reading: Reading, extraction: Extraction) -> None:
    wrong = replace(extraction, assignments=(replace(extraction.assignments[0], status="maybe"),))
    with pytest.raises(ValidationError, match="status"):
        as_json(reading, wrong, PATH)
    with pytest.raises(ValidationError, match="confidence"):
        as_json(reading, replace(extraction, assignments=(replace(extraction.assignments[0], confidence=1.5),)), PATH)


# ---------------------------------------------------------------------------------------------------------------------- table


def _printed(reading: Reading, extraction: Extraction | None, path: Path) -> str:
    console = Console(file=StringIO(), width=200, record=True)
    console.print(as_table(reading, extraction, path))
    return console.export_text()


def test_the_table_shows_what_a_person_asks_first(reading: Reading, extraction: Extraction) -> None:
    text = _printed(reading, extraction, PATH)
    for words in (
        "arkiv/rs-2024.pdf",
        "2 assignments",
        "decided",
        "cited",
        "Regiondirektören",
        "2024-05-30",
        "§ 196",
        "Vilket år?",
        "same as earlier",
    ):
        assert words in text


def test_the_table_does_not_take_the_document_s_words_for_markup(reading: Reading, extraction: Extraction) -> None:
    task = replace(extraction.assignments[0], task="redovisa [red]allt[/red] enligt [bilaga]")
    assert "[red]allt[/red] enligt [bilaga]" in " ".join(_printed(reading, replace(extraction, assignments=(task,)), PATH).split())


def test_the_table_of_a_file_that_could_not_be_read_says_why() -> None:
    broken = Reading("cd" * 32, "trasig.pdf", FileStatus.BROKEN, message="The file ends too early.")
    assert "The file ends too early." in _printed(broken, None, Path("trasig.pdf"))


# ----------------------------------------------------------------------------------------------------------------------- HTML


class _Page(HTMLParser):
    """What a browser would make of the page: text of the article, marks with their cards, addresses asked for, ids."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.described: list[str] = []
        self.cards: dict[str, str] = {}
        self.article = ""
        self.marked: list[tuple[str, str]] = []
        self.outside: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._stack: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        if tag not in ("meta", "link", "br", "img"):
            self._stack.append((tag, named))
        self.ids += [named["id"]] if named.get("id") else []
        self.described += (named.get("aria-describedby") or "").split()
        self.outside += [
            value for key, value in attrs if key in ("src", "href", "action", "srcset") and value and not value.startswith("#")
        ]

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._stack.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        names = [tag for tag, _ in self._stack]
        if "article" in names and "details" not in names and not any(a.get("class") == "page" for _, a in self._stack):
            self.article += data
            self.marked += [(a["class"] or "", data) for _, a in self._stack if "data-cards" in a]
        for tag, attributes in self._stack:
            if tag == "section" and attributes.get("id"):
                self.cards[str(attributes["id"])] = self.cards.get(str(attributes["id"]), "") + data


@pytest.fixture
def source(reading: Reading, extraction: Extraction) -> str:
    return as_html(reading, extraction, PATH)


def test_the_page_shows_all_of_the_text_once(source: str, extraction: Extraction) -> None:
    """Also what stands in no block, and what several marks cover."""
    assert "".join(_Page(source).article.split()) == "".join(extraction.document.text.split())


def test_nothing_of_the_document_becomes_html(source: str) -> None:
    page = _Page(source)
    assert "alert('x')</script>" not in source
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert "Budget <b>" not in source
    assert "&lt;script&gt;" in source


def test_the_page_loads_nothing_from_elsewhere(source: str) -> None:
    page = _Page(source)
    assert page.outside == []
    assert not re.search(r"url\(|@import|https?://", source)


def test_each_mark_is_reached_by_keyboard_and_described(source: str) -> None:
    page = _Page(source)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.described) <= set(page.ids)
    # The amount runs over a page: two pieces, one stop.
    stops = [a for tag, a in page.tags if tag == "span" and a.get("tabindex") == "0"]
    assert stops
    assert all(a.get("aria-describedby") for a in stops)
    assert set(page.described) == set(page.cards)


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        ("assigner", "Regionstyrelsen"),
        ("assignees", "regiondirektören"),
        ("amount", "63,5"),
        ("deadline", "senast "),
        ("date", "den 30 maj"),
        ("reference", "§ 196"),
        ("not_assignment", "läggs till handlingarna"),
    ],
)
def test_spans_are_coloured_by_slot(source: str, slot: str, words: str) -> None:
    assert any(slot in classes.split() and words in text for classes, text in _Page(source).marked)


@pytest.mark.parametrize(
    "said",
    [
        "Uppdrag, beslutat",
        "status=decided: står under <Beslut> (sv.status.heading)",
        "ur sammanträdets datum",
        "−63\N{NO-BREAK SPACE}500\N{NO-BREAK SPACE}001\N{NO-BREAK SPACE}kr",
        "sv.deadline.by",
        "Regionfullmäktige 2023-01-02 § 4",
        "Vilket år?",
    ],
)
def test_a_card_says_rule_cue_and_reason(source: str, said: str) -> None:
    assert any(said in card for card in _Page(source).cards.values())


def test_pages_and_removed_lines_are_told(source: str) -> None:
    assert "Sida 1<" in source
    assert "Sida 2<" in source
    assert "Region Fiktiv 1 (2)" in source


def test_the_page_of_a_file_that_could_not_be_read_says_why() -> None:
    broken = Reading("cd" * 32, "tr<i>asig.pdf", FileStatus.BROKEN, message="Filen slutar för <tidigt>.")
    page = as_html(broken, None, Path("trasig.pdf"))
    assert "Filen kunde inte läsas." in page
    assert "Filen slutar för &lt;tidigt&gt;." in page
    assert "<i>" not in page


def test_an_extraction_without_anything_is_a_page_too(reading: Reading) -> None:
    empty = Extraction(Meta("okänd"), Document("", (), (), (), (), ()), "ok")
    assert "0 uppdrag" in as_html(reading, empty, PATH)
