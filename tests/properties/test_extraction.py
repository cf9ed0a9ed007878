"""What holds of an extraction whatever is printed: any text, any layout, any damage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.assemble import extract
from extractors.model import Assignment, Extraction, FileStatus, Page, Reading, Span
from rules.ruleset import load_rules
from tests.extractors.laid_out import lay_out

# Words the rules are about, so that drawn texts reach them, beside characters of any kind.
_FRAGMENTS = [
    "Kommunstyrelsen", "Regionstyrelsen", "hälso- och sjukvårdsnämnden", "nämnden", "regiondirektören", "Samtliga nämnder",
    "Göteborgs & Co AB", "får i uppdrag att", "ger", "i uppdrag", "att", "uppdrar åt", "uppdras att", "ges i uppdrag", "fick", "har",
    "inte", "uppdraget", "uppdrag", "Kommunfullmäktiges uppdrag", "till", "utreda", "redovisa", "återkomma", "frågan", "senast",
    "den 31 maj", "2024-06-30", "i juni", "30–31 maj", "den 31 februari 2024", "2024-13-41", "XX augusti", "kvartal 3 2024",
    "löpande", "i samverkan med", "och", "samt", ",", ";", ".", ":", "Beslut", "# Beslut", "# Förslag till beslut", "# Yrkanden",
    "# Bakgrund", "§ 12", "§§ 1-3", "§ 7 Dnr KS-2024-00012", "1.", "2.", "a)", "•", "–", "- ", "| a | b |",
    "| Uppdrag | Kulturnämnden får i uppdrag att måla |", "===", "12,5 mnkr", "-63 miljoner kronor", "1 405 tkr", "föreslår att",
    "beslutar", "beslutar:", "yrkar att", "Motionen avslås", "förklaras fullgjort", "Enligt förslag", "för egen del", "Sida 1 (4)",
    "Sammanträdesdatum: 2024-03-12", "Justerandes sign", "RS 552-2025", "(HSN)", "hyres-", "uppdr-", "sjuk\u00advård", "\uf0b7",
]  # fmt: skip
_PIECES = st.one_of(st.sampled_from(_FRAGMENTS), st.sampled_from(_FRAGMENTS), st.text(min_size=1, max_size=12))
_LINES = st.lists(st.lists(_PIECES, min_size=1, max_size=9).map(" ".join), min_size=1, max_size=25).map("\n".join)
_FREE = st.text(max_size=600)
_RUNNING = st.lists(st.sampled_from(["Kommunstyrelsen", "Sida %p (9)", "Protokoll", "Sammanträdesdatum 2024-03-12", "%p"]), max_size=3).map(
    tuple
)
_SLOW = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def _reading(pages: tuple[Page, ...]) -> Reading:
    return Reading("0" * 64, "drawn.pdf", FileStatus.READ, pages)


def _printable(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """Lines as a reader promises them: one space between words, none around, no line of nothing."""
    kept = []
    for page in pages:
        lines = [line._replace(text=" ".join(line.text.split())) for line in page.lines]
        kept.append(replace(page, lines=tuple(n._replace(words=n.words[: len(n.text.split())]) for n in lines if n.text)))
    return tuple(kept)


def _spans(value: object) -> Iterator[Span]:
    if isinstance(value, Span):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            if part.name not in ("document", "pages"):
                yield from _spans(getattr(value, part.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from _spans(part)


def _holds(pages: tuple[Page, ...], extraction: Extraction) -> None:
    document = extraction.document
    length = len(document.text)
    for span in _spans(extraction):
        assert 0 <= span.start <= span.end <= length
    for mention in (*extraction.amounts, *extraction.percentages, *extraction.dates, *extraction.references):
        assert document.text[mention.span.start : mention.span.end] == mention.raw
    for assignment in extraction.assignments:
        _assignment_holds(extraction, assignment)
    by_number = {page.number: page for page in pages}
    for span in _spans(extraction):
        for box in document.boxes(span):
            page = by_number[box.page]
            assert 0 <= box.x0 <= box.x1 <= page.width + 1e-6 or box.x1 <= max(line.x1 for line in page.lines) + 1e-6
            assert 0 <= box.top <= box.bottom <= page.height
    keys = Counter(a.key for a in extraction.assignments)
    assert not keys or max(keys.values()) == 1
    assert len(extraction.outcomes) == len(document.paragraphs)
    assert extraction.status == ("partial" if extraction.issues else "ok")


def _assignment_holds(extraction: Extraction, assignment: Assignment) -> None:
    text = extraction.document.text
    assert assignment.status in ("decided", "proposed", "cited")
    assert 0.0 <= assignment.confidence <= 1.0
    assert assignment.text
    assert assignment.duplicate_of is None or assignment.duplicate_of in {a.key for a in extraction.assignments if a is not assignment}
    for party in (*assignment.assigner, *assignment.assignees, *assignment.partners, *assignment.report_to):
        assert party.name.strip()
        assert party.span is None or party.raw is None or text[party.span.start : party.span.end] == party.raw
    for deadline in assignment.deadlines:
        assert text[deadline.span.start : deadline.span.end] == deadline.raw
        assert deadline.first is None or deadline.last is None or deadline.first <= deadline.last


def _accounted(pages: tuple[Page, ...], extraction: Extraction) -> None:
    """Every printed line is in the text, or among what was removed with why."""
    document = extraction.document
    in_text = {(segment.page, segment.line) for segment in document.segments}
    removed = {(page, line) for page, line, _ in document.removed}
    for page in pages:
        for index, line in enumerate(page.lines):
            if line.text.strip():
                assert (page.number, index) in in_text | removed, line.text
    for segment in document.segments:
        assert 0 <= segment.start <= segment.end <= len(document.text)
    assert all(why for _, _, why in document.removed)


@given(_LINES, _RUNNING, _RUNNING)
@_SLOW
def test_any_lines_of_the_genre(text: str, head: tuple[str, ...], foot: tuple[str, ...]) -> None:
    pages = _printable(lay_out(text, head=head, foot=foot))
    extraction = extract(_reading(pages), load_rules())
    _holds(pages, extraction)
    _accounted(pages, extraction)


@given(_FREE)
@_SLOW
def test_any_characters(text: str) -> None:
    pages = _printable(lay_out(text))
    extraction = extract(_reading(pages), load_rules())
    _holds(pages, extraction)
    _accounted(pages, extraction)


@given(_LINES)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_text_gives_the_same(text: str) -> None:
    pages = _printable(lay_out(text))
    assert extract(_reading(pages), load_rules()) == extract(_reading(pages), load_rules())


@given(
    st.sampled_from(
        ["Kulturnämnden", "Regiondirektören", "Miljö- och klimatnämnden", "Tekniska kontoret", "Ekvalla Energi AB", "Socialnämnd Centrum"]
    ),
    st.sampled_from(["får i uppdrag att", "ges i uppdrag att", "uppdras att", "får fortsatt uppdrag att"]),
    st.sampled_from(["utreda en ny lokal", "ta fram en plan för vattnet", "se över taxan", "avveckla avtalet", "redovisa kostnaderna"]),
    st.sampled_from(["", " i hela kommunen", " tillsammans med Räddningsnämnden", " med hänsyn till barnens behov"]),
)
@settings(deadline=None, max_examples=60)
def test_the_plain_sentence_is_always_read(who: str, verb: str, task: str, more: str) -> None:
    """However subject, verb, task and what follows are put together, the plain decision is found, with the right receiver."""
    place = "Kommunstyrelsen\nProtokoll 2024-03-12\n\n§ 4 Ett ärende\n# Beslut"
    text = f"{place}\n1. {who} {verb} {task}{more}.\n2. Rapporten läggs till handlingarna."
    extraction = extract(_reading(lay_out(text)), load_rules())
    assert [(a.status, [p.name for p in a.assigner], [p.name for p in a.assignees]) for a in extraction.assignments] == [
        ("decided", ["Kommunstyrelsen"], [who])
    ]
    assert extraction.assignments[0].task.startswith(task.split()[0])


@given(st.integers(60, 130), st.sampled_from([9.0, 11.0, 14.0]))
@settings(deadline=None, max_examples=30)
def test_where_the_line_ends_does_not_matter(width: int, pitch: float) -> None:
    """The same paragraph broken anywhere gives the same assignment."""
    sentence = (
        "Hälso- och sjukvårdsnämnden får i uppdrag att tillsammans med kommunerna ta fram en överenskommelse om "
        "utskrivning från sluten vård och återrapportera till regionstyrelsen senast den 30 november 2024."
    )
    lines: list[str] = [""]
    for word in sentence.split():
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    pages = lay_out("Regionstyrelsen\nProtokoll 2024-03-12\n\n§ 4 Ett ärende\n# Beslut\n" + "\n".join(lines))
    moved = tuple(
        replace(
            p,
            lines=tuple(
                n._replace(top=n.top * pitch / 14, bottom=n.bottom * pitch / 14, baseline=n.baseline * pitch / 14) for n in p.lines
            ),
        )
        for p in pages
    )
    (found,) = extract(_reading(moved), load_rules()).assignments
    assert found.text == sentence
    assert [p.name for p in found.assignees] == ["Hälso- och sjukvårdsnämnden"]
    assert [p.name for p in found.report_to] == ["Regionstyrelsen"]
    assert [d.last.isoformat() for d in found.deadlines if d.last] == ["2024-11-30"]


@pytest.mark.parametrize("pages", [(), (Page(1, 595, 842, ()),), (Page(1, 595, 842, (), "none", "ingen text"),)])
def test_nothing_to_read(pages: tuple[Page, ...]) -> None:
    extraction = extract(_reading(pages), load_rules())
    _holds(pages, extraction)
    assert extraction.assignments == ()
