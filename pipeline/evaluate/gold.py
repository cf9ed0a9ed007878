"""Gold: what two people say stands in a document, as JSON, one file a document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Act = Literal["assignment", "exhortation", "follow_up", "reporting_duty", "target", "appointment"]
Status = Literal["decided", "proposed", "cited"]


class GoldError(Exception):
    """Gold or its PDF is missing or cannot be read; the message says which and what to do."""


class _Gold(BaseModel):
    # Gold carries notes and fields that no figure counts; they are left alone.
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class GoldParty(_Gold):
    """A body or officer: ``raw`` as printed (None: inferred), ``name`` resolved."""

    raw: str | None = None
    name: str


class GoldDeadline(_Gold):
    """A deadline; ``last`` is its last day, None where the document does not give one."""

    raw: str | None = None
    kind: str
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")


class GoldAlso(_Gold):
    """Second readings of a field, each as right as the first."""

    status: tuple[Status, ...] = ()
    assigner: tuple[tuple[str, ...], ...] = ()
    assignees: tuple[tuple[str, ...], ...] = ()
    report_to: tuple[tuple[str, ...], ...] = ()
    deadlines: tuple[tuple[GoldDeadline, ...], ...] = ()


class GoldAssignment(_Gold):
    """One assignment, with the first words (``anchor``, ``anchors``) that tell which it is."""

    id: str
    tier: Literal["core", "borderline"]
    act: Act
    status: Status
    anchor: str = Field(min_length=1)
    anchors: tuple[str, ...] | None = None
    assigner: tuple[GoldParty, ...] = ()
    assignees: tuple[GoldParty, ...] = ()
    deadlines: tuple[GoldDeadline, ...] = ()
    report_to: tuple[str, ...] = ()
    duplicate_of: str | None = None
    also: GoldAlso | None = None


class GoldAmount(_Gold):
    """An amount in signed kronor."""

    raw: str
    sek: Decimal


class GoldDate(_Gold):
    """A day or a period, by its first and last day."""

    raw: str | None = None
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")


class GoldReference(_Gold):
    """Something the text points to."""

    raw: str
    kind: str
    normalized: str


class GoldPerson(_Gold):
    """A name with a role."""

    name: str
    role: str | None = None


class Gold(_Gold):
    """All that is annotated in one document. ``references`` and ``persons`` are None where nobody annotated them."""

    assignments: tuple[GoldAssignment, ...]
    amounts: tuple[GoldAmount, ...] = ()
    dates: tuple[GoldDate, ...] = ()
    dates_optional: tuple[GoldDate, ...] = ()
    references: tuple[GoldReference, ...] | None = None
    persons: tuple[GoldPerson, ...] | None = None


def load_gold(path: Path) -> Gold:
    """The gold in ``path``. Raises GoldError naming the file and the field where it does not hold."""
    try:
        return Gold.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()[:5])
        raise GoldError(f"{path} is not gold as it should be: {problems}") from error


def load_pairs(gold_dir: Path, pdf_dir: Path) -> Iterator[tuple[Gold, Path]]:
    """Every gold file of ``gold_dir`` with its PDF: the same stem, or the PDF whose name begins with the stem and a "_" (001 and
    001_tjansteskrivelse.pdf). Raises GoldError where a folder holds no gold or a PDF is missing."""
    for folder in (gold_dir, pdf_dir):
        if not folder.is_dir():
            raise GoldError(f"There is no folder {folder}.")
    files = sorted(gold_dir.glob("*.json"))
    if not files:
        raise GoldError(f"There is no gold (*.json) in {gold_dir}.")
    pdfs = sorted(p for p in pdf_dir.iterdir() if p.suffix.lower() == ".pdf")
    for path in files:
        found = [p for p in pdfs if p.stem == path.stem] or [p for p in pdfs if p.stem.startswith(f"{path.stem}_")]
        if len(found) != 1:
            what = "no PDF" if not found else f"{len(found)} PDFs"
            raise GoldError(f"{path.name} has {what} in {pdf_dir}; it needs one named {path.stem}.pdf or {path.stem}_….pdf.")
        yield load_gold(path), found[0]
