"""From an extraction to the rows the store loads: pure, picklable and cheap, so that workers do it and the one writer only inserts.

Every value gets its place here, once: page and boxes are looked up from its offsets with :meth:`Document.boxes`. Rows leave out
the document's number, which only the store knows and puts first; otherwise they have the columns of :data:`COLUMNS`, in order.

Boxes are text of the form ``[[page,x0,top,x1,bottom],…]`` in PDF points from the top left, which SQLite reads with ``json_each``.
Money is whole öre in an integer: exact, signed, and summable in SQL. Dates are ISO text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import sha256
from typing import NamedTuple

from extractors.model import Amount, Assignment, BlockKind, Cue, Deadline, Document, Extraction, Page, Party, Reading, Span

Value = str | int | float | None
Row = tuple[Value, ...]

_PLACE = ("page", "start", "stop", "boxes")

COLUMNS: dict[str, tuple[str, ...]] = {
    "document": (
        "sha256", "fingerprint", "name", "reading_status", "message", "pdf_title", "producer", "created", "status", "kind", "title",
        "body", "organisation", "meeting_from", "meeting_to", "diary_number", "pages", "pages_ocr", "pages_without_text", "lines",
        "lines_removed", "paragraphs", "paragraphs_assignments", "paragraphs_decision", "paragraphs_no_decision", "paragraphs_unread",
        "assignments", "needs_review", "issues",
    ),
    "page": ("number", "width", "height", "reader", "reason", "confidence", "lines", "lines_removed", "text"),
    "paragraph": ("number", "label", "heading", "diary_number", "outcome", *_PLACE),
    "assignment": (
        "number", "address", "key", "act", "status", "text", "task", *_PLACE, "task_start", "task_stop", "task_boxes", "paragraph",
        "paragraph_label", "section", "assigner_names", "assignee_names", "partner_names", "report_to_names", "deadline_first",
        "deadline_last", "deadline_raw", "amount_ore", "body", "meeting_date", "diary_number", "source_body", "source_date",
        "source_paragraph", "source_diary_number", "source_point", "done", "duplicate_of", "confidence", "needs_review", "rules",
    ),
    "party": ("assignment", "role", "ordinal", "name", "raw", "basis", "rule", *_PLACE),
    "deadline": ("assignment", "ordinal", "raw", "kind", "first", "last", "precision", "basis", "body", "rule", *_PLACE),
    "cue": ("assignment", "ordinal", "effect", "rule", "why", *_PLACE),
    "amount": ("number", "raw", "ore", "year", "kind", "concerns", "basis", "rule", *_PLACE),
    "assignment_amount": ("assignment", "ordinal", "amount"),
    "percentage": ("number", "raw", "value", "basis", "rule", *_PLACE),
    "date_mention": ("number", "raw", "first", "last", "precision", "basis", "rule", *_PLACE),
    "reference": ("number", "raw", "kind", "normalized", "basis", "rule", *_PLACE),
    "person": ("number", "name", "role", "raw", "basis", "rule", *_PLACE),
    "decision_point": ("assignment", "point"),
    "report": (
        "number", "address", "kind", "status", "text", "subject", "body", "date", "date_basis", "paragraph", "paragraph_label",
        "diary_number", "assignment", "source_body", "source_date", "source_paragraph", "source_point", "deadline_first", "deadline_last",
        "deadline_raw", "rule", *_PLACE,
    ),
    "not_assignment": ("number", "text", "reason", "rule", *_PLACE),
    "issue": ("number", "code", "message", *_PLACE),
}  # fmt: skip
"""The columns of each table after the document's number, in the order of the rows; ``document`` is loaded first."""

_LARGEST = 2**63 - 1  # SQLite's integer


class DocumentRows(NamedTuple):
    """All rows of one document. ``fingerprint`` names the rules and the version they were made under."""

    sha256: str
    fingerprint: str
    tables: dict[str, list[Row]]


def assignment_address(document_sha256: str, key: str) -> str:
    """The lasting name of an assignment: sixteen hexadecimal digits of its document's hash and its key."""
    return sha256(f"{document_sha256}\n{key}".encode()).hexdigest()[:16]


def to_rows(reading: Reading, extraction: Extraction | None, fingerprint: str | None = None) -> DocumentRows:
    """The rows of one document; of a file that could not be read (no extraction), the one row that says so.

    ``fingerprint`` overrides the extraction's own, where the caller counts more than the rules into it. Raises ValueError where two
    assignments carry the same key, since they could not be told apart after a re-extraction.
    """
    mark = fingerprint if fingerprint is not None else extraction.rules_fingerprint if extraction is not None else ""
    if extraction is None:
        return DocumentRows(reading.sha256, mark, _unextracted(reading, mark))
    return DocumentRows(reading.sha256, mark, _Builder(reading, extraction).tables(mark))


def _unextracted(reading: Reading, mark: str) -> dict[str, list[Row]]:
    pages: list[Row] = [
        (p.number, p.width, p.height, p.reader, p.reason, _confidence(p), len(p.lines), 0, "\n".join(line.text for line in p.lines))
        for p in reading.pages
    ]
    ocr, bare, lines = _page_counts(reading.pages)
    document: Row = (
        reading.sha256, mark, reading.name, str(reading.status), reading.message, reading.title, reading.producer, reading.created,
        "failed", "okänd", None, None, None, None, None, None, len(reading.pages), ocr, bare, lines, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip
    return {"document": [document], "page": pages}


class _Builder:
    """One document's rows. Places are remembered by span, since the amount of an assignment is also one of the document."""

    def __init__(self, reading: Reading, extraction: Extraction) -> None:
        self.reading = reading
        self.extraction = extraction
        self.document: Document = extraction.document
        self.starts = [segment.start for segment in self.document.segments]
        self.places: dict[tuple[int, int], tuple[int, int, int, str]] = {}
        self.printed: dict[float, str] = {}  # NOTE: what stands in one line shares its top and bottom, and lines share their left edge
        self.too_large: list[Amount] = []

    def tables(self, mark: str) -> dict[str, list[Row]]:
        found = self.extraction
        place = self.place
        assignments, parties, deadlines, cues, links, amounts = self.assignments()
        paragraphs: list[Row] = []
        outcomes = found.outcomes
        for n, p in enumerate(self.document.paragraphs):
            outcome = outcomes[n] if n < len(outcomes) else "unread"
            label = Span(p.start, min(p.start + len(p.number), p.end))
            paragraphs.append((n, p.number, p.heading, p.diary_number, outcome, p.page, p.start, p.end, place(label)[3]))
        money: list[Row] = [
            (n, a.raw, self.ore(a), a.year, a.kind, a.concerns, _SIGN.get(a.sign_from, a.sign_from), a.rule, *place(a.span))
            for n, a in enumerate(amounts)
        ]
        text = self.document.text
        issues: list[Row] = [(n, i.code, i.message, *self.somewhere(i.span, i.page)) for n, i in enumerate(found.issues)]
        issues += [
            (len(issues) + n, "amount_too_large", f"Beloppet ”{a.raw}” är för stort för att vara ett belopp.", *place(a.span))
            for n, a in enumerate(self.too_large)
        ]
        return {
            "document": [self.document_row(mark, paragraphs, len(issues))],
            "page": self.pages(),
            "paragraph": paragraphs,
            "assignment": assignments,
            "party": parties,
            "deadline": deadlines,
            "cue": cues,
            "amount": money,
            "assignment_amount": links,
            "percentage": [(n, p.raw, float(p.value), "printed", p.rule, *place(p.span)) for n, p in enumerate(found.percentages)],
            "date_mention": [
                (n, d.raw, _iso(d.first), _iso(d.last), d.precision, d.basis, d.rule, *place(d.span)) for n, d in enumerate(found.dates)
            ],
            "reference": [(n, r.raw, r.kind, r.normalized, "printed", r.rule, *place(r.span)) for n, r in enumerate(found.references)],
            "person": [
                (n, p.name, p.role, _folded(text[p.span.start : p.span.end]), "printed", p.rule, *place(p.span))
                for n, p in enumerate(found.persons)
            ],
            "decision_point": self.points(),
            "report": self.reports(),
            "not_assignment": [(n, m.text, m.reason, m.rule, *place(m.span)) for n, m in enumerate(found.not_assignments)],
            "issue": issues,
        }

    def points(self) -> list[Row]:
        """The numbers of the decision points that assignments are given in, which is how later documents cite them."""
        blocks = self.document.blocks
        marked = [(n, blocks[a.block].marker.rstrip(".)")) for n, a in enumerate(self.extraction.assignments) if 0 <= a.block < len(blocks)]
        return [(n, marker) for n, marker in marked if marker.isdigit()]

    def reports(self) -> list[Row]:
        rows: list[Row] = []
        seen: dict[str, int] = {}
        for n, r in enumerate(self.extraction.reports):
            paragraph = self.document.paragraphs[r.paragraph] if 0 <= r.paragraph < len(self.document.paragraphs) else None
            key = f"report\n{r.kind}\n{r.assignment is None}\n{r.text}"
            seen[key] = seen.get(key, 0) + 1
            rows.append((
                n, assignment_address(self.reading.sha256, f"{key}#{seen[key]}"), r.kind, r.status, r.text, r.subject, r.body, _iso(r.day),
                r.basis, r.paragraph if paragraph is not None else None, paragraph.number if paragraph is not None else None,
                r.diary_number or (paragraph.diary_number if paragraph is not None else None) or self.extraction.meta.diary_number,
                r.assignment, r.source_body, _iso(r.source_date), r.source_paragraph, r.source_point, _iso(r.deadline_first),
                _iso(r.deadline_last), r.deadline_raw, r.rule, *self.place(r.span),
            ))  # fmt: skip
        return rows

    def document_row(self, mark: str, paragraphs: list[Row], issues: int) -> Row:
        reading, found, meta = self.reading, self.extraction, self.extraction.meta
        outcomes = [p[4] for p in paragraphs]
        counts = [outcomes.count(kind) for kind in ("assignments", "decision", "no_decision", "unread")]
        ocr, bare, lines = _page_counts(reading.pages)
        return (
            reading.sha256, mark, reading.name, str(reading.status), reading.message, reading.title, reading.producer, reading.created,
            found.status, meta.kind, meta.title, meta.body, meta.organisation, _iso(meta.meeting_from), _iso(meta.meeting_to),
            meta.diary_number, len(reading.pages), ocr, bare, lines, len(self.document.removed), len(paragraphs), *counts,
            sum(1 for a in found.assignments if a.duplicate_of is None and a.act == "assignment"),
            sum(1 for a in found.assignments if a.duplicate_of is None and a.act == "assignment" and a.needs_review is not None),
            issues,
        )  # fmt: skip

    def pages(self) -> list[Row]:
        text = self.document.text
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        # Page heads stand behind the text, each once: a page's own words end where they begin.
        body = next((b.start for b in self.document.blocks if b.kind is BlockKind.FURNITURE), len(text))
        for s in self.document.segments:
            if s.start >= body:
                break
            first.setdefault(s.page, s.start)
            last[s.page] = s.end
        removed: dict[int, int] = {}
        for page, _, _ in self.document.removed:
            removed[page] = removed.get(page, 0) + 1
        return [
            (
                p.number, p.width, p.height, p.reader, p.reason, _confidence(p), len(p.lines), removed.get(p.number, 0),
                text[first[p.number] : last[p.number]] if p.number in first else "",
            )
            for p in self.document.pages
        ]  # fmt: skip

    def assignments(self) -> tuple[list[Row], list[Row], list[Row], list[Row], list[Row], list[Amount]]:
        """Rows of assignment, party, deadline, cue and assignment_amount, and the document's amounts with those only assignments name."""
        place, meta, name = self.place, self.extraction.meta, self.reading.sha256
        rows: list[Row] = []
        parties: list[Row] = []
        deadlines: list[Row] = []
        cues: list[Row] = []
        links: list[Row] = []
        amounts = list(self.extraction.amounts)
        number = {(a.span.start, a.span.end): n for n, a in enumerate(amounts)}
        keys: set[str] = set()
        for n, a in enumerate(self.extraction.assignments):
            if a.key in keys:
                raise ValueError(f"two assignments of document {name} have the same key {a.key!r}")
            keys.add(a.key)
            for role, members in (("assigner", a.assigner), ("assignee", a.assignees), ("partner", a.partners), ("report_to", a.report_to)):
                for k, party in enumerate(members):
                    basis, rule = party.basis, _rule_of(role, party, a)
                    parties.append((n, role, k, party.name, party.raw, basis, rule, *self.somewhere(party.span)))
            for k, d in enumerate(a.deadlines):
                days = (_iso(d.first), _iso(d.last))
                deadlines.append((n, k, d.raw, d.kind, *days, d.precision, d.basis, d.body, d.rule, *place(d.span)))
            for k, c in enumerate(a.cues):
                cues.append((n, k, c.effect, c.rule, c.why, *self.somewhere(c.span)))
            for k, amount in enumerate(a.amounts):
                at = (amount.span.start, amount.span.end)
                if at not in number:
                    number[at] = len(amounts)
                    amounts.append(amount)
                links.append((n, k, number[at]))
            rows.append(self.assignment(n, a, meta.body, _iso(meta.meeting_from), meta.diary_number))
        return rows, parties, deadlines, cues, links, amounts

    def assignment(self, n: int, a: Assignment, body: str | None, meeting: str | None, diary: str | None) -> Row:
        document = self.document
        paragraph = document.paragraphs[a.paragraph] if 0 <= a.paragraph < len(document.paragraphs) else None
        section = document.blocks[a.block].section if 0 <= a.block < len(document.blocks) else -1
        due = _leading(a.deadlines)
        total = sum((o for o in map(_ore, a.amounts) if o is not None), 0) if a.amounts else None
        origin = a.origin
        page, start, stop, boxes = self.place(a.span)
        return (
            n, assignment_address(self.reading.sha256, a.key), a.key, a.act, a.status, a.text, a.task, page, start, stop, boxes,
            a.task_span.start, a.task_span.end, self.place(a.task_span)[3],
            a.paragraph if paragraph is not None else None, paragraph.number if paragraph is not None else None,
            document.sections[section].kind if 0 <= section < len(document.sections) else None,
            _names(a.assigner), _names(a.assignees), _names(a.partners), _names(a.report_to),
            _iso(due.first) if due else None, _iso(due.last) if due else None, due.raw if due else None,
            total if total is None or abs(total) <= _LARGEST else None,
            body, meeting, (paragraph.diary_number if paragraph is not None else None) or diary,
            origin.body if origin else None, _iso(origin.meeting_date) if origin else None, origin.paragraph if origin else None,
            origin.diary_number if origin else None, origin.point if origin else None,
            None if a.done is None else int(a.done),
            assignment_address(self.reading.sha256, a.duplicate_of) if a.duplicate_of is not None else None,
            a.confidence, a.needs_review, " ".join(a.rules),
        )  # fmt: skip

    def place(self, span: Span) -> tuple[int, int, int, str]:
        """(page, start, stop, boxes) of a span, as columns."""
        at = (span.start, span.end)
        found = self.places.get(at)
        if found is None:
            page, drawn = self.drawn(span)
            found = self.places[at] = (page, span.start, span.end, drawn)
        return found

    def drawn(self, span: Span) -> tuple[int, str]:
        """(first page, boxes as text): what :meth:`Document.boxes` gives, which a test holds it to.

        NOTE: a copy of it with the starts of the segments at hand and without a Box a line, since twenty-five values a page are
        looked up while an archive is read: a third of the time.
        """
        document, segments, text = self.document, self.document.segments, self.document.text
        index = max(bisect_right(self.starts, span.start) - 1, 0)
        page, parts = 0, []
        while index < len(segments):
            segment = segments[index]
            index += 1
            if segment.start >= span.end:
                break
            low, high = max(span.start, segment.start), min(span.end, segment.end)
            if low >= high or text[low:high].isspace():
                continue
            line = document.pages[segment.page - 1].lines[segment.line]
            printed, words = line.text, line.words
            begin, stop = segment.at + low - segment.start, segment.at + high - segment.start
            left, right = line.x0, line.x1
            if begin > 0:
                while begin < stop and printed[begin : begin + 1] == " ":
                    begin += 1
                before = printed.count(" ", 0, begin)
                if 0 < before < len(words):
                    left = words[before]
            if stop < len(printed):
                while stop > 0 and printed[stop - 1] == " ":
                    stop -= 1
                through = printed.count(" ", 0, stop) + 1
                if through < len(words):
                    right = words[through] - 0.12 * line.size
            page = page or segment.page
            x0, x1 = self.tenths(left), self.tenths(right if right > left else left)
            parts.append(f"[{segment.page},{x0},{self.tenths(line.top)},{x1},{self.tenths(line.bottom)}]")
        return page or document.page_of(span.start), f"[{','.join(parts)}]"

    def tenths(self, points: float) -> str:
        """The number with one decimal."""
        printed = self.printed.get(points)
        if printed is None:
            printed = self.printed[points] = "%.1f" % points  # noqa: UP031 - two thirds of the time of an f-string
        return printed

    def somewhere(self, span: Span | None, page: int | None = None) -> tuple[int | None, int | None, int | None, str]:
        """The same for what was inferred and has no place of its own; ``page`` where at least that is known."""
        return (page, None, None, "[]") if span is None else self.place(span)

    def ore(self, amount: Amount) -> int | None:
        value = _ore(amount)
        if value is None:
            self.too_large.append(amount)
        return value


def _page_counts(pages: Iterable[Page]) -> tuple[int, int, int]:
    """(pages read by OCR, pages without any line, lines)."""
    ocr = bare = lines = 0
    for page in pages:
        count = len(page.lines)
        lines += count
        bare += count == 0
        ocr += page.reader == "tesseract"
    return ocr, bare, lines


def _confidence(page: Page) -> float | None:
    """The mean confidence of the lines of a page read by OCR, 0..1; None where nothing was guessed."""
    if page.reader != "tesseract":
        return None
    sure = [line.confidence for line in page.lines if line.confidence is not None]
    return sum(sure) / len(sure) if sure else None


def _ore(amount: Amount) -> int | None:
    """Whole öre, or None where no column of SQLite holds that many."""
    if not amount.sek.is_finite():
        return None
    value = int((amount.sek * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)) if amount.sek.adjusted() < 20 else _LARGEST + 1
    return value if abs(value) <= _LARGEST else None


_DAYS = 10_000
_days: dict[date, str] = {}


def _iso(day: date | None) -> str | None:
    if day is None:
        return None
    printed = _days.get(day)  # NOTE: an archive names the same days again and again, and writing one takes ten times as long
    if printed is None:
        printed = day.isoformat()
        if len(_days) < _DAYS:
            _days[day] = printed
    return printed


def _names(parties: tuple[Party, ...]) -> str | None:
    return "; ".join([p.name for p in parties]) if parties else None


def _folded(text: str) -> str:
    return " ".join(text.split())


def _leading(deadlines: tuple[Deadline, ...]) -> Deadline | None:
    """The deadline a list shows: the last day anything is due, else the first deadline, whatever it is."""
    due = [d for d in deadlines if d.last is not None and d.kind in _BINDING]
    if due:
        return max(due, key=lambda d: (d.last, d.span.start))
    return next((d for d in deadlines if d.last is not None), deadlines[0] if deadlines else None)


_SIGN = {"": "printed", "print": "sign_printed", "word": "sign_word"}
_BINDING = frozenset({"due", "report", "final_report", "decide_target"})


def _rule_of(role: str, party: Party, assignment: Assignment) -> str | None:
    """The rule that gave a party: the cue at its place or, failing that, of its role; else the rule that found the assignment."""
    of_role: Cue | None = None
    for cue in assignment.cues:
        if cue.effect.partition("=")[0] == role:
            if cue.span == party.span:
                return cue.rule
            of_role = of_role or cue
    if of_role is not None:
        return of_role.rule
    return assignment.rules[0] if assignment.rules else None
