"""The page that explains an extraction: the text as read, every span coloured, and why on hover or focus.

One file that loads nothing from elsewhere. Everything from the document is escaped. Spans may overlap (a date inside a deadline inside
an assignment): the text is cut at every edge and each piece names all that covers it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from extractors.model import Assignment, Cue, Deadline, Document, Extraction, Party, Reading, Span
from pipeline.export import swedish
from pipeline.export.contract import whole_kronor
from pipeline.export.swedish import SLOT, said

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Mark:
    """A coloured stretch: its slot (a key of swedish.SLOT), what its card is headed and what it says."""

    number: int
    slot: str
    span: Span
    heading: str
    facts: Facts
    assignment: Assignment | None = None


@dataclass(frozen=True)
class Piece:
    """A run of text with the same marks all along. ``first`` are the marks that begin here; ``page`` is set where a new page begins."""

    text: str
    marks: tuple[Mark, ...]
    begins: tuple[Mark, ...]
    page: int | None = None

    @property
    def classes(self) -> str:
        """The slots of its marks, for colour."""
        return " ".join(dict.fromkeys(m.slot for m in self.marks))

    @property
    def numbers(self) -> str:
        """The cards to show."""
        return " ".join(str(m.number) for m in self.marks)


@dataclass(frozen=True)
class Stretch:
    """A block of the document, or text between blocks. ``new_row``: a table cell that begins a row."""

    kind: str
    section: str
    level: int
    pieces: tuple[Piece, ...]
    new_row: bool = False


def as_html(reading: Reading, extraction: Extraction | None, path: Path) -> str:
    """The explaining page of one file, whole and self-contained; of a file that could not be read, a page that says why."""
    environment = Environment(
        loader=PackageLoader("pipeline.export"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template("explained.html")
    if extraction is None:
        return template.render(path=path, reading=reading, extraction=None)
    marks = sorted(_marks(extraction), key=lambda m: (m.span.start, -m.span.end, m.number))
    counts: dict[str, int] = defaultdict(int)
    for mark in marks:
        counts[mark.slot] += 1
    document = extraction.document
    return template.render(
        path=path,
        reading=reading,
        extraction=extraction,
        meta=_meta(extraction),
        stretches=list(_stretches(document, marks)),
        marks=marks,
        legend=[(slot, label, counts[slot]) for slot, label in SLOT.items() if counts[slot]],
        issues=[(i.page or (document.page_of(i.span.start) if i.span else None), i.code, i.message) for i in extraction.issues],
        rows=[_row(mark.assignment, mark.number, document) for mark in marks if mark.assignment],
        removed=[(page, document.pages[page - 1].lines[line].text, why) for page, line, why in document.removed],
    )


def _meta(extraction: Extraction) -> Facts:
    meta = extraction.meta
    days = "–".join(dict.fromkeys(str(day) for day in (meta.meeting_from, meta.meeting_to) if day))
    told = [
        ("Slag", meta.kind),
        ("Titel", meta.title),
        ("Organ", meta.body),
        ("Sammanträde", days),
        ("Diarienummer", meta.diary_number),
        ("Organisation", meta.organisation),
        ("Utfall", said(swedish.STATUS_OF_DOCUMENT, extraction.status)),
        ("Regler", extraction.rules_fingerprint),
    ]
    return [(label, value) for label, value in told if value]


def _row(a: Assignment, number: int, document: Document) -> dict[str, str | int]:
    return {
        "number": number,
        "page": document.page_of(a.span.start),
        "status": said(swedish.STATUS, a.status) + ("" if a.act == "assignment" else f" ({said(swedish.ACT, a.act)})"),
        "assigner": _names(a.assigner),
        "assignees": _names(a.assignees),
        "task": a.task,
        "deadlines": "; ".join(_when(d) for d in a.deadlines),
        "report_to": _names(a.report_to),
        "confidence": f"{a.confidence:.2f}".replace(".", ","),
        "note": a.needs_review or ("samma som tidigare" if a.duplicate_of else ""),
    }


# ------------------------------------------------------------------------------------------------------------------- the marks


class _Marks:
    """Marks, numbered as they are added."""

    def __init__(self) -> None:
        self.all: list[Mark] = []

    def add(
        self, slot: str, span: Span | None, heading: str, facts: Iterable[tuple[str, str | None]], assignment: Assignment | None = None
    ) -> None:
        """A mark of ``slot`` on ``span``; none where there is no span. Facts without a value are left out."""
        if span is not None:
            told = [(label, value) for label, value in facts if value]
            self.all.append(Mark(len(self.all) + 1, slot, span, heading, told, assignment))


def _marks(extraction: Extraction) -> list[Mark]:
    marks = _Marks()
    for a in extraction.assignments:
        _assignment_marks(marks, a, extraction.document)
    for n in extraction.not_assignments:
        marks.add("not_assignment", n.span, "Inte uppdrag", [("Skäl", n.reason), ("Regel", n.rule)])
    for m in extraction.amounts:
        sign = {"word": "av ordet intill", "print": "av tecknet", "": None}.get(m.sign_from, m.sign_from)
        facts = [("Värde", swedish.kronor(whole_kronor(m.sek))), ("Tecknet", sign), ("År", str(m.year) if m.year else None)]
        marks.add("amount", m.span, m.raw, [*facts, ("Slag", m.kind), ("Gäller", m.concerns), ("Regel", m.rule)])
    for p in extraction.percentages:
        marks.add("percentage", p.span, p.raw, [("Värde", f"{p.value} %".replace(".", ",")), ("Regel", p.rule)])
    for d in extraction.dates:
        marks.add("date", d.span, d.raw, [*_days(d.first, d.last, d.precision, d.basis), ("Regel", d.rule)])
    for r in extraction.references:
        marks.add("reference", r.span, r.raw, [("Slag", said(swedish.REFERENCE, r.kind)), ("Läst som", r.normalized), ("Regel", r.rule)])
    for who in extraction.persons:
        marks.add("person", who.span, who.name, [("Roll", who.role), ("Regel", who.rule)])
    for issue in extraction.issues:
        marks.add("issue", issue.span, "Att granska", [("Skäl", issue.message), ("Kod", issue.code)])
    return marks.all


def _assignment_marks(marks: _Marks, a: Assignment, document: Document) -> None:
    kind = said(swedish.ACT, a.act)
    heading = f"{kind.capitalize()}, {said(swedish.STATUS, a.status)}"
    section = document.sections[document.blocks[a.block].section].heading if _has_section(document, a) else None
    facts: list[tuple[str, str | None]] = [
        ("Uppdragsgivare", _explained(a.assigner)),
        ("Mottagare", _explained(a.assignees)),
        ("Samverkan", _explained(a.partners)),
        ("Uppgift", a.task),
        ("Tidsfrist", "; ".join(_when(d) for d in a.deadlines)),
        ("Återrapporteras till", _explained(a.report_to)),
        ("Belopp", "; ".join(swedish.kronor(whole_kronor(m.sek)) for m in a.amounts)),
        ("Ursprung", _origin(a)),
        ("Fullgjort", {True: "ja", False: "nej", None: None}[a.done]),
        ("Samma som", "en punkt tryckt tidigare" if a.duplicate_of else None),
        ("Avsnitt", section),
        *(("Därför", _cue(c)) for c in a.cues),
        ("Säkerhet", f"{a.confidence:.2f}".replace(".", ",")),
        ("Granskas", a.needs_review),
        ("Regler", ", ".join(a.rules)),
    ]
    marks.add("assignment", a.span, heading, facts, a)
    marks.add("task", a.task_span, "Uppgift", [("Uppgift", a.task)])
    slots: list[tuple[str, Sequence[Party]]] = [
        ("assigner", a.assigner),
        ("assignees", a.assignees),
        ("partners", a.partners),
        ("report_to", a.report_to),
    ]
    for slot, parties in slots:
        for party in parties:
            marks.add(
                slot, party.span, f"{SLOT[slot]}: {party.name}", [("Tryckt", party.raw), ("Funnen", said(swedish.BASIS, party.basis))]
            )
    for d in a.deadlines:
        facts = [
            ("Slag", said(swedish.DEADLINE, d.kind)),
            *_days(d.first, d.last, d.precision, d.basis),
            ("Hos", d.body),
            ("Regel", d.rule),
        ]
        marks.add("deadline", d.span, f"Tidsfrist: {d.raw}", facts)
    for c in a.cues:
        marks.add("cue", c.span, "Signal", [("Avgör", c.effect), ("Därför", c.why), ("Regel", c.rule)])


def _has_section(document: Document, a: Assignment) -> bool:
    return 0 <= a.block < len(document.blocks) and document.blocks[a.block].section >= 0


def _cue(c: Cue) -> str:
    return f"{c.effect}: {c.why} ({c.rule})"


def _names(parties: Iterable[Party]) -> str:
    return ", ".join(p.name for p in parties)


def _explained(parties: Iterable[Party]) -> str:
    return ", ".join(p.name if p.basis == "printed" else f"{p.name} ({said(swedish.BASIS, p.basis)})" for p in parties)


def _days(first: object, last: object, precision: str, basis: str) -> list[tuple[str, str | None]]:
    days = " – ".join(dict.fromkeys(str(day) for day in (first, last) if day))
    return [
        ("Dagar", days or "ingen dag given"),
        ("Precision", said(swedish.PRECISION, precision)),
        ("Årtalet", said(swedish.BASIS, basis)),
    ]


def _when(d: Deadline) -> str:
    days = "–".join(dict.fromkeys(str(day) for day in (d.first, d.last) if day))
    return f"{d.raw} ({days})" if days else d.raw


def _origin(a: Assignment) -> str | None:
    if a.origin is None:
        return None
    parts = (
        a.origin.body,
        str(a.origin.meeting_date or ""),
        a.origin.paragraph,
        a.origin.point and f"punkt {a.origin.point}",
        a.origin.diary_number,
    )
    return " ".join(part for part in parts if part) or None


# ------------------------------------------------------------------------------------------------------------ cutting the text


def _stretches(document: Document, marks: Sequence[Mark]) -> Iterable[Stretch]:
    """The blocks in order; text outside every block is shown too, so that nothing read is hidden."""
    cutter = _Cutter(document, marks)
    at, before = 0, None
    for block in sorted(document.blocks, key=lambda b: b.start):
        if block.end <= at:
            continue
        if document.text[at : block.start].strip():
            yield Stretch("text", "", 0, cutter.pieces(at, block.start))
        section = document.sections[block.section].kind if block.section >= 0 else ""
        row = (block.page, block.cell.table, block.cell.row) if block.cell else None
        yield Stretch(
            block.kind.value, section, block.level, cutter.pieces(max(block.start, at), block.end), row is not None and row != before
        )
        before = row
        at = block.end
    if document.text[at:].strip():
        yield Stretch("text", "", 0, cutter.pieces(at, len(document.text)))


class _Cutter:
    """Cuts a range of the text at the edges of marks and pages. Asked in order, it looks at each mark while it is open only."""

    def __init__(self, document: Document, marks: Sequence[Mark]) -> None:
        self.document = document
        self.waiting = list(reversed(marks))  # in the order they open, the longer first: what covers least is named last
        self.open: list[Mark] = []
        self.page = 0
        pairs = pairwise(document.segments)
        self.page_starts = [after.start for before, after in pairs if after.page != before.page]

    def pieces(self, start: int, end: int) -> tuple[Piece, ...]:
        """The pieces of ``text[start:end]``, none empty."""
        while self.waiting and self.waiting[-1].span.start < end:
            self.open.append(self.waiting.pop())
        self.open = [m for m in self.open if m.span.end > start]
        edges = {start, end} | {e for m in self.open for e in (m.span.start, m.span.end) if start < e < end}
        edges |= set(self.page_starts[bisect_right(self.page_starts, start) : bisect_left(self.page_starts, end)])
        cuts = sorted(edges)
        made = []
        for low, high in pairwise(cuts):
            page = self.document.page_of(low)
            new_page, self.page = (page if page != self.page else None), page
            covering = tuple(m for m in self.open if m.span.start <= low and high <= m.span.end)
            begins = tuple(m for m in covering if m.span.start == low)
            made.append(Piece(self.document.text[low:high], covering, begins, new_page))
        return tuple(made)
