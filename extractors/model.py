"""Every type that crosses a room. Frozen, compared by value, free of imports of ours.

Two halves. The *reading* half (:class:`Line`, :class:`Page`, :class:`Reading`) is what a reader makes of a PDF and what the
reading cache keeps. The *extraction* half (:class:`Document` and all that points into it) is what the extractors make of it.
The few types that exist once a line or more are named tuples: a frozen dataclass takes four times as long to make.
Everything extracted is a :class:`Span` of ``Document.text``; page and boxes are looked up from offsets with
:meth:`Document.boxes`, never carried by hand.

Units: PDF points, origin at the top left of the page as it is shown (rotation applied). Offsets count characters of
``Document.text``. Money is :class:`decimal.Decimal` kronor with sign. Dates are :class:`datetime.date`; a period has a first and
a last day, either of which may be None where it is not known.
"""

from __future__ import annotations

import copyreg
from bisect import bisect_right
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
_new = tuple.__new__


def record(kind: type[T], values: tuple[Any, ...]) -> T:
    """``kind(*values)`` for a named tuple of which every field is given, in half the time: what exists once a line is a fiftieth of a
    page's.

    >>> record(Span, (3, 9))
    Span(start=3, end=9)
    """
    made: T = _new(kind, values)  # type: ignore[type-var]
    return made


# --------------------------------------------------------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Cell:
    """Where in a table a line stands: the table's number on the page, row and column, all from 0."""

    table: int
    row: int
    column: int


class Line(NamedTuple):
    """One printed line (or one line of one table cell, or of one column), in reading order.

    ``text`` holds no line break and no leading or trailing white space; runs of white space are one space. ``words`` has the left
    edge of each white-space separated word of ``text``, so ``len(words) == len(text.split())``. ``size`` is the font size of most
    of its characters, ``bold`` whether most are. ``confidence`` is None where the text was read from the PDF itself, else 0..1.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool
    baseline: float
    words: tuple[float, ...]
    cell: Cell | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page in reading order. ``number`` counts from 1. ``reader`` is ``pdfium``, ``pdfplumber``, ``tesseract`` or ``none``;
    ``reason`` says why, where it was not the fast one."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    reader: str = "pdfium"
    reason: str | None = None


class FileStatus(StrEnum):
    """What became of a file. Every file has one of these; there is no "ok, but"."""

    READ = "read"
    READ_BY_OCR = "read_by_ocr"
    NEEDS_OCR = "needs_ocr"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    EMPTY = "empty"
    NOT_PDF = "not_pdf"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    MISSING = "missing"  # a path that was named and does not exist
    UNREADABLE = "unreadable"  # a file or folder the system lets nobody of ours read
    NO_PDFS = "no_pdfs"  # a folder that was named and holds no PDF


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of one file. ``message`` is a sentence for a person wherever ``status`` is not READ."""

    sha256: str
    name: str
    status: FileStatus
    pages: tuple[Page, ...] = ()
    message: str | None = None
    title: str | None = None
    producer: str | None = None
    created: str | None = None


# ------------------------------------------------------------------------------------------------------------ the text


class Span(NamedTuple):
    """Half-open character range of ``Document.text``."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from the top left."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


class Segment(NamedTuple):
    """A run of ``Document.text`` that stands in one printed line: ``text[start:end]`` is the line's characters from ``at`` on."""

    start: int
    end: int
    page: int
    line: int
    at: int


class BlockKind(StrEnum):
    """What a block is on the page."""

    HEADING = "heading"  # a section word, a § heading or a title
    ITEM = "item"  # numbered, lettered or bulleted
    TEXT = "text"
    CELL = "cell"  # one cell of a table
    NAME_LIST = "name_list"  # attendance, recipients, votes
    FURNITURE = "furniture"  # a page head or foot, kept once because it names body, date or kind


class Block(NamedTuple):
    """A paragraph of running text, a list item, a heading or a table cell: the unit sentences are cut in.

    ``start``/``end`` span the block with its marker; ``marker`` is the printed list marker ("2.", "a)", "•") or "", and the content
    begins at ``content``. ``level`` is the depth of an item (0 outermost). ``lead_in`` is the index of the block whose clause this
    item completes ("… föreslår att kommunfullmäktige beslutar:"), ``section`` and ``paragraph`` index Document.sections and
    Document.paragraphs (-1: none).
    """

    start: int
    end: int
    kind: BlockKind
    page: int
    content: int
    marker: str = ""
    level: int = 0
    lead_in: int = -1
    section: int = -1
    paragraph: int = -1
    bold: bool = False
    cell: Cell | None = None


class Section(NamedTuple):
    """A stretch of a § under one section word. ``kind`` is a key of rules/sv/sections.toml ("decision", "proposal", "background",
    "motion", "vote", "reservation", "documents", "recipients" …); ``level_body`` is the body a heading names ("Kommunstyrelsens
    beslut"), or None."""

    start: int
    end: int
    kind: str
    heading: str
    paragraph: int = -1
    level_body: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A § of the minutes. ``number`` as it is cited ("§ 196", "§ 3 a"), ``heading`` its title."""

    start: int
    end: int
    number: str
    heading: str
    diary_number: str | None
    page: int


@dataclass(frozen=True, slots=True)
class Document:
    """One text with everything structural that points into it."""

    text: str
    segments: tuple[Segment, ...]
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    paragraphs: tuple[Paragraph, ...]
    pages: tuple[Page, ...]
    removed: tuple[tuple[int, int, str], ...] = ()  # (page number, line index, why): furniture, accounted for

    def page_of(self, offset: int) -> int:
        """The number of the page the character at ``offset`` is printed on; for a joint between lines, the line before."""
        index = bisect_right(self.segments, offset, key=lambda s: s.start) - 1
        return self.segments[max(index, 0)].page if self.segments else 1

    def begins_line(self, offset: int) -> bool:
        """Whether the character at ``offset`` is the first of its printed line."""
        index = max(bisect_right(self.segments, offset, key=lambda s: s.start) - 1, 0)
        if not self.segments or self.segments[index].start != offset:
            return False
        before = self.segments[index - 1] if index else None
        return before is None or (before.page, before.line) != (self.segments[index].page, self.segments[index].line)

    def size_at(self, offset: int) -> float:
        """The font size of the line the character at ``offset`` is printed in, in points."""
        index = bisect_right(self.segments, offset, key=lambda s: s.start) - 1
        segment = self.segments[max(index, 0)]
        return self.pages[segment.page - 1].lines[segment.line].size

    def printed(self, span: Span) -> str:
        """The characters of ``span`` as they stand on the page: like ``text``, but with every misprint and misread letter that was mended
        ("i uppdrag arr ordna"). Line breaks and line-end hyphens stay undone."""
        out: list[str] = []
        at = span.start
        index = max(bisect_right(self.segments, span.start, key=lambda s: s.start) - 1, 0)
        for here, segment in enumerate(self.segments[index : index + span.end - span.start + 1], index):
            if segment.start >= span.end:
                break
            low, high = max(at, segment.start), min(segment.end, span.end)
            if low >= high:
                continue
            out.append(self.text[at:low])  # what joins two lines
            run, line = self.text[segment.start : segment.end], self.pages[segment.page - 1].lines[segment.line].text
            size = len(run)
            if line[segment.at : segment.at + size] == run:
                out.append(self.text[low:high])
            else:
                after = self.segments[here + 1] if here + 1 < len(self.segments) else None
                beside = after is not None and (after.page, after.line) == (segment.page, segment.line)
                limit = after.at if after is not None and beside else len(line)
                begin = segment.at
                if limit - segment.at == size:  # letter by letter
                    begin, limit = segment.at + low - segment.start, segment.at + high - segment.start
                out.append(line[begin:limit])
            at = high
        out.append(self.text[at : span.end])
        return "".join(out)

    def boxes(self, span: Span) -> tuple[Box, ...]:
        """One box a printed line for the characters of ``span``, in reading order. The edges are those of whole words."""
        first = max(bisect_right(self.segments, span.start, key=lambda s: s.start) - 1, 0)
        found: list[Box] = []
        for index in range(first, len(self.segments)):  # no slice: it would copy the rest of the document for every value
            segment = self.segments[index]
            if segment.start >= span.end:
                break
            low, high = max(span.start, segment.start), min(span.end, segment.end)
            if low >= high or not self.text[low:high].strip():
                continue
            line = self.pages[segment.page - 1].lines[segment.line]
            begin, stop = segment.at + low - segment.start, segment.at + high - segment.start
            while begin < stop and line.text[begin : begin + 1] == " ":
                begin += 1
            before = line.text[:begin].count(" ")
            through = len(line.text[:stop].rstrip().split(" "))
            left = line.words[before] if 0 < before < len(line.words) else line.x0
            gap = 0.12 * line.size
            right = line.words[through] - gap if through < len(line.words) else line.x1
            found.append(Box(segment.page, left, line.top, max(right, left), line.bottom))
        return tuple(found)


# ------------------------------------------------------------------------------------------------------------- mentions


@dataclass(frozen=True, slots=True)
class Amount:
    """Money. ``sek`` is exact and signed; ``sign_from`` says what gave the sign ("print", "word" or "")."""

    span: Span
    raw: str
    sek: Decimal
    rule: str
    year: int | None = None
    kind: str | None = None
    concerns: str | None = None
    sign_from: str = ""


@dataclass(frozen=True, slots=True)
class Percentage:
    """A share in per cent, as a number of per cent."""

    span: Span
    raw: str
    value: Decimal
    rule: str


class DateMention(NamedTuple):
    """A day or a period. ``precision`` is day, day_range, month, month_range, month_end, quarter, quarter_end, season, year,
    year_range, half, part_of_month, part_of_year …; ``basis`` says how the year was found (printed, sentence, meeting, document, unknown).
    A period whose year is not known has first and last None."""

    span: Span
    raw: str
    first: date | None
    last: date | None
    precision: str
    basis: str
    rule: str


class Reference(NamedTuple):
    """What the text points to. ``kind``: paragraph, diary, meeting, law, document, printed_matter."""

    span: Span
    raw: str
    kind: str
    normalized: str
    rule: str


class Person(NamedTuple):
    """A name with a role, from a signature block, a front page or a mover."""

    span: Span
    name: str
    role: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Party:
    """A body, officer, company or group. ``raw`` as printed (None where it was inferred), ``name`` resolved and in base form;
    ``basis`` says from what: printed, organisation, heading, meeting, lead_in, sentence, document …"""

    name: str
    raw: str | None = None
    span: Span | None = None
    basis: str = "printed"


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something is to be done or reported. ``kind``: due, report, interim_report, final_report, period, window, event,
    recurring, vague, start, effect, decide_target. ``basis`` is how the year was found."""

    span: Span
    raw: str
    kind: str
    first: date | None
    last: date | None
    precision: str
    basis: str
    rule: str
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when a cited assignment was given."""

    body: str | None = None
    meeting_date: date | None = None
    paragraph: str | None = None
    diary_number: str | None = None
    point: str | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """What decided something: ``effect`` ("status=proposed", "assigner", "year", …) by ``rule`` at ``span``, explained in ``why``."""

    effect: str
    rule: str
    why: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Somebody told to do something. ``act``: assignment, exhortation, reporting_duty, target, appointment, follow_up.
    ``status``: decided, proposed, cited. ``key`` survives re-extraction: it is made of the folded text of the point and how many
    with the same text stood before it in the document. ``duplicate_of`` is the key of the same point printed earlier."""

    key: str
    act: str
    status: str
    span: Span
    text: str
    task: str
    task_span: Span
    block: int
    paragraph: int
    assigner: tuple[Party, ...] = ()
    assignees: tuple[Party, ...] = ()
    partners: tuple[Party, ...] = ()
    report_to: tuple[Party, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    amounts: tuple[Amount, ...] = ()
    origin: Origin | None = None
    done: bool | None = None
    duplicate_of: str | None = None
    confidence: float = 1.0
    needs_review: str | None = None  # the reason, in Swedish, or None
    rules: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class NotAssignment:
    """A place that looks like an assignment and is none, kept with the reason ("refused", "motion", "negated", "seat" …)."""

    span: Span
    text: str
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Report:
    """A sentence that tells what became of an assignment. ``kind``: reported_in_part, reported, noted, approved, closed, not_closed,
    withdrawn, deadline_moved. ``status`` as of an assignment; of a report itself always cited. ``subject`` is what it is about: the
    sentence where it says so, else the heading. ``day`` with ``basis`` meeting, printed or unknown. ``assignment`` is the index in
    Extraction.assignments of the one it tells of, or None where it stands alone; then ``source_…`` is where it says that was given."""

    kind: str
    status: str
    span: Span
    text: str
    subject: str
    rule: str
    body: str | None = None
    day: date | None = None
    basis: str = "unknown"
    paragraph: int = -1
    assignment: int | None = None
    diary_number: str | None = None
    source_body: str | None = None
    source_date: date | None = None
    source_paragraph: str | None = None
    source_point: str | None = None
    deadline_first: date | None = None
    deadline_last: date | None = None
    deadline_raw: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """Something a reviewer has to see. ``message`` is Swedish; ``code`` is stable."""

    code: str
    message: str
    page: int | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Meta:
    """What the document says of itself. ``kind``: protokoll, tjänsteskrivelse, presentation, kallelse, rapport, okänd."""

    kind: str
    title: str | None = None
    body: str | None = None
    meeting_from: date | None = None
    meeting_to: date | None = None
    diary_number: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was found in one document. ``status``: ok, partial (something needs a person; ``issues`` says what), failed."""

    meta: Meta
    document: Document
    status: str
    assignments: tuple[Assignment, ...] = ()
    not_assignments: tuple[NotAssignment, ...] = ()
    amounts: tuple[Amount, ...] = ()
    percentages: tuple[Percentage, ...] = ()
    dates: tuple[DateMention, ...] = ()
    references: tuple[Reference, ...] = ()
    persons: tuple[Person, ...] = ()
    issues: tuple[Issue, ...] = ()
    rules_fingerprint: str = ""
    outcomes: tuple[str, ...] = field(default=())  # one a Paragraph: "assignments", "decision", "no_decision", "unread"
    reports: tuple[Report, ...] = ()


# ------------------------------------------------------------------------------------------------- from process to process


def _parts(value: Any) -> tuple[type[Any], tuple[Any, ...]]:
    """How a frozen value is pickled and copied: its type is called with its fields. What is done by default fills in an empty value, which
    one refuses whose class is machine code (rules/compiled.py)."""
    return type(value), tuple(getattr(value, one.name) for one in fields(value))


for _kind in list(globals().values()):
    if isinstance(_kind, type) and is_dataclass(_kind):
        copyreg.pickle(_kind, _parts)
