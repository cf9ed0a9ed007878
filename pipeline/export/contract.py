"""The extraction JSON: every key of it, and how it is made from an extraction.

Kinds of document are Swedish, as printed on them; acts and status are the words of the gold format. Money is whole kronor (öre rounded
half away from zero; ``raw`` keeps them). Dates are ISO days or null. A box is ``[page, x0, top, x1, bottom]``: pages from 1, PDF
points from the top left of the page as shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from extractors.model import Assignment, Deadline, Document, Extraction, Meta, Origin, Party, Reading, Span
from pipeline.rows import assignment_address


class _Object(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Box = tuple[int, float, float, float, float]


class DocumentJson(_Object):
    """The file and what it says of itself."""

    path: str
    sha256: str
    kind: Literal["protokoll", "tjänsteskrivelse", "presentation", "kallelse", "rapport", "okänd"]
    title: str | None
    body: str | None
    meeting_from: date | None
    meeting_to: date | None
    diary_number: str | None
    pages: int
    status: Literal["ok", "partial", "failed"]


class IssueJson(_Object):
    """Something a person has to see."""

    code: str
    page: int | None
    message: str


class ParagraphJson(_Object):
    """A § of the minutes."""

    number: str
    heading: str
    diary_number: str | None
    page: int


class PartyJson(_Object):
    """A body or officer: ``raw`` as printed (null where it was inferred), ``name`` resolved and in base form."""

    raw: str | None
    name: str


class DeadlineJson(_Object):
    """When something is to be done or reported; a day that the document does not give is null."""

    raw: str
    kind: str
    first: date | None = Field(alias="from")
    last: date | None = Field(alias="to")
    precision: str
    basis: str


class AssignmentAmountJson(_Object):
    """An amount named in an assignment."""

    raw: str
    sek: int


class SourceJson(_Object):
    """Where and when a cited assignment was given; all null where it was given here or nothing is said."""

    body: str | None
    meeting_date: date | None
    paragraph: str | None
    diary_number: str | None


class AssignmentJson(_Object):
    """An assignment. ``text`` is its source as printed, line breaks folded and hyphenation undone; it includes ``task``.
    ``duplicate_of`` is the ``id`` of the same point printed earlier."""

    id: str
    act: Literal["assignment", "exhortation", "reporting_duty", "target", "appointment", "follow_up"]
    status: Literal["decided", "proposed", "cited"]
    text: str
    page: int
    boxes: tuple[Box, ...]
    paragraph: str | None
    task: str
    assigner: tuple[PartyJson, ...]
    assignees: tuple[PartyJson, ...]
    partners: tuple[PartyJson, ...]
    report_to: tuple[PartyJson, ...]
    deadlines: tuple[DeadlineJson, ...]
    amounts: tuple[AssignmentAmountJson, ...]
    source: SourceJson
    done: bool | None
    duplicate_of: str | None
    confidence: float = Field(ge=0, le=1)
    rules: tuple[str, ...]


class AmountJson(_Object):
    """Money anywhere in the document, signed."""

    raw: str
    sek: int
    year: int | None
    kind: str | None
    concerns: str | None
    page: int


class PercentageJson(_Object):
    """A share, as a number of per cent."""

    raw: str
    value: float
    page: int


class DateJson(_Object):
    """A day or period anywhere in the document."""

    raw: str
    first: date | None = Field(alias="from")
    last: date | None = Field(alias="to")
    precision: str
    page: int


class ReferenceJson(_Object):
    """What the text points to."""

    raw: str
    kind: str
    normalized: str
    page: int


class PersonJson(_Object):
    """A name with a role."""

    name: str
    role: str | None
    page: int


class ExtractionJson(_Object):
    """One file's extraction."""

    document: DocumentJson
    issues: tuple[IssueJson, ...]
    paragraphs: tuple[ParagraphJson, ...]
    assignments: tuple[AssignmentJson, ...]
    amounts: tuple[AmountJson, ...]
    percentages: tuple[PercentageJson, ...]
    dates: tuple[DateJson, ...]
    references: tuple[ReferenceJson, ...]
    persons: tuple[PersonJson, ...]


def whole_kronor(sek: Decimal) -> int:
    """Öre rounded, half away from zero: 0.50 is 1 and -0.50 is -1."""
    return int(sek.quantize(Decimal(1), ROUND_HALF_UP))


def as_json(reading: Reading, extraction: Extraction | None, path: Path) -> dict[str, Any]:
    """One file's extraction as plain lists, dicts, strings and numbers, ready for :func:`json.dumps`.

    A file that could not be read (``extraction`` is None) is ``failed``, with the reader's sentence as its one issue.
    Raises pydantic.ValidationError where the extraction breaks the contract.
    """
    return _extraction(reading, extraction, path).model_dump(mode="json", by_alias=True)


def _extraction(reading: Reading, extraction: Extraction | None, path: Path) -> ExtractionJson:
    if extraction is None:
        issue = IssueJson(code=reading.status.value, page=None, message=reading.message or "Filen kunde inte läsas.")
        return ExtractionJson(
            document=_document(reading, Meta("okänd"), "failed", path),
            issues=(issue,),
            paragraphs=(),
            assignments=(),
            amounts=(),
            percentages=(),
            dates=(),
            references=(),
            persons=(),
        )
    document = extraction.document
    page = document.page_of
    return ExtractionJson(
        document=_document(reading, extraction.meta, extraction.status, path),
        issues=tuple(
            IssueJson(code=i.code, page=page(i.span.start) if i.page is None and i.span else i.page, message=i.message)
            for i in extraction.issues
        ),
        paragraphs=tuple(
            ParagraphJson(number=p.number, heading=p.heading, diary_number=p.diary_number, page=p.page) for p in document.paragraphs
        ),
        assignments=tuple(_assignment(a, document, reading.sha256) for a in extraction.assignments),
        amounts=tuple(
            AmountJson(raw=a.raw, sek=whole_kronor(a.sek), year=a.year, kind=a.kind, concerns=a.concerns, page=page(a.span.start))
            for a in extraction.amounts
        ),
        percentages=tuple(PercentageJson(raw=p.raw, value=float(p.value), page=page(p.span.start)) for p in extraction.percentages),
        dates=tuple(
            DateJson.model_validate({"raw": d.raw, "from": d.first, "to": d.last, "precision": d.precision, "page": page(d.span.start)})
            for d in extraction.dates
        ),
        references=tuple(
            ReferenceJson(raw=r.raw, kind=r.kind, normalized=r.normalized, page=page(r.span.start)) for r in extraction.references
        ),
        persons=tuple(PersonJson(name=p.name, role=p.role, page=page(p.span.start)) for p in extraction.persons),
    )


def _document(reading: Reading, meta: Meta, status: str, path: Path) -> DocumentJson:
    return DocumentJson.model_validate(
        {
            "path": str(path),
            "sha256": reading.sha256,
            "kind": meta.kind,
            "title": meta.title,
            "body": meta.body,
            "meeting_from": meta.meeting_from,
            "meeting_to": meta.meeting_to,
            "diary_number": meta.diary_number,
            "pages": len(reading.pages),
            "status": status,
        }
    )


def boxes(document: Document, span: Span) -> tuple[Box, ...]:
    """The boxes of ``span`` as the contract writes them, to a hundredth of a point."""
    return tuple((b.page, round(b.x0, 2), round(b.top, 2), round(b.x1, 2), round(b.bottom, 2)) for b in document.boxes(span))


def _assignment(assignment: Assignment, document: Document, sha256: str) -> AssignmentJson:
    origin = assignment.origin or Origin()
    return AssignmentJson.model_validate(
        {
            "id": assignment_address(sha256, assignment.key),
            "act": assignment.act,
            "status": assignment.status,
            "text": assignment.text,
            "page": document.page_of(assignment.span.start),
            "boxes": boxes(document, assignment.span),
            "paragraph": document.paragraphs[assignment.paragraph].number if assignment.paragraph >= 0 else None,
            "task": assignment.task,
            "assigner": _parties(assignment.assigner),
            "assignees": _parties(assignment.assignees),
            "partners": _parties(assignment.partners),
            "report_to": _parties(assignment.report_to),
            "deadlines": tuple(_deadline(d) for d in assignment.deadlines),
            "amounts": tuple(AssignmentAmountJson(raw=a.raw, sek=whole_kronor(a.sek)) for a in assignment.amounts),
            "source": SourceJson(
                body=origin.body, meeting_date=origin.meeting_date, paragraph=origin.paragraph, diary_number=origin.diary_number
            ),
            "done": assignment.done,
            "duplicate_of": assignment_address(sha256, assignment.duplicate_of) if assignment.duplicate_of else None,
            "confidence": round(assignment.confidence, 4),
            "rules": assignment.rules,
        }
    )


def _parties(parties: Iterable[Party]) -> tuple[PartyJson, ...]:
    return tuple(PartyJson(raw=p.raw, name=p.name) for p in parties)


def _deadline(deadline: Deadline) -> DeadlineJson:
    return DeadlineJson.model_validate(
        {
            "raw": deadline.raw,
            "kind": deadline.kind,
            "from": deadline.first,
            "to": deadline.last,
            "precision": deadline.precision,
            "basis": deadline.basis,
        }
    )
