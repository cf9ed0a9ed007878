"""From what a reviewer typed to a record, and what is wrong with it, in Swedish, field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from pipeline.review.record import ACTS, DEADLINE_KINDS, ROLES, STATUSES, Due, Money, Party, Record

LONGEST = 20_000
"""Characters of one field: far more than any printed point has."""

_ADDRESS = re.compile(r"[0-9a-f]{16}")
_NOT_DIGITS = re.compile(r"[\s\u00a0\u202f]|kr$|kronor$")

Typed = Mapping[str, Sequence[str]]
"""The posted fields; each may come several times."""


def parse(typed: Typed, before: Record) -> tuple[Record, dict[str, str]]:
    """The record as typed over ``before``, and the errors by field. What was left as it was keeps its place in the print."""
    errors: dict[str, str] = {}
    record = replace(
        before,
        act=_choice(typed, "act", ACTS, before.act, errors),
        status=_choice(typed, "status", STATUSES, before.status, errors),
        task=_one(typed, "task", before.task) or "",
        paragraph=_one(typed, "paragraph", before.paragraph),
        source_body=_one(typed, "source_body", before.source_body),
        source_date=_day(typed, "source_date", before.source_date, errors),
        source_paragraph=_one(typed, "source_paragraph", before.source_paragraph),
        source_diary_number=_one(typed, "source_diary_number", before.source_diary_number),
        done={"ja": True, "nej": False}.get(_one(typed, "done", "") or "") if "done" in typed else before.done,
        duplicate_of=_one(typed, "duplicate_of", before.duplicate_of),
        assigner=_parties(typed, "assigner", before.assigner),
        assignee=_parties(typed, "assignee", before.assignee),
        partner=_parties(typed, "partner", before.partner),
        report_to=_parties(typed, "report_to", before.report_to),
        deadlines=_deadlines(typed, before.deadlines, errors),
        amounts=_amounts(typed, before.amounts, errors),
    )
    if not record.task:
        errors["task"] = "Skriv vad som ska göras."
    if record.duplicate_of is not None and not _ADDRESS.fullmatch(record.duplicate_of):
        errors["duplicate_of"] = "Ett uppdrags-id är sexton tecken, 0–9 och a–f."
    if record.source_date is None and "source_date" not in errors and typed.get("source_date", [""])[0].strip():
        errors["source_date"] = "Skriv dagen som ÅÅÅÅ-MM-DD."
    for name, values in typed.items():
        if any(len(value) > LONGEST for value in values):
            errors.setdefault(name, "Texten är för lång.")
    return record, errors


def _one(typed: Typed, name: str, before: str | None) -> str | None:
    if name not in typed:
        return before
    return _folded(typed[name][0]) or None


def _folded(text: str) -> str:
    """White space as one space, and nothing that cannot be printed: what is typed is shown again, in lists and in other programs."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def _choice(typed: Typed, name: str, known: Sequence[str], before: str, errors: dict[str, str]) -> str:
    value = _one(typed, name, before)
    if value is None or value not in known:
        errors[name] = "Välj ett av alternativen."
        return before
    return value


def _day(typed: Typed, name: str, before: str | None, errors: dict[str, str]) -> str | None:
    return _iso(_one(typed, name, before), name, errors)


def _iso(value: str | None, name: str, errors: dict[str, str]) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        errors[name] = f"”{value[:40]}” är ingen dag: skriv ÅÅÅÅ-MM-DD."
        return None


def _parties(typed: Typed, role: str, before: tuple[Party, ...]) -> tuple[Party, ...]:
    assert role in ROLES
    if role not in typed:
        return before
    known = {party.name: party for party in before}
    names = [name for name in map(_folded, typed[role]) if name]
    return tuple(known.get(name, Party(name)) for name in dict.fromkeys(names))


def _column(typed: Typed, name: str, at: int) -> str:
    values = typed.get(name, ())
    return _folded(values[at]) if at < len(values) else ""


def _deadlines(typed: Typed, before: tuple[Due, ...], errors: dict[str, str]) -> tuple[Due, ...]:
    if "deadline_raw" not in typed:
        return before
    left = list(before)
    found = []
    for at in range(len(typed["deadline_raw"])):
        raw, kind = _column(typed, "deadline_raw", at), _column(typed, "deadline_kind", at) or "due"
        first = _iso(_column(typed, "deadline_first", at) or None, f"deadline_first-{at}", errors)
        last = _iso(_column(typed, "deadline_last", at) or None, f"deadline_last-{at}", errors)
        if not (raw or first or last):
            continue
        if kind not in DEADLINE_KINDS:
            errors[f"deadline_kind-{at}"] = "Välj ett av alternativen."
            kind = "due"
        if first and last and first > last:
            errors[f"deadline_last-{at}"] = "Sista dagen ligger före den första."
        old = next((due for due in left if due.raw == raw), None)
        if old is not None:
            left.remove(old)
        if old is not None and (old.kind, old.first, old.last) == (kind, first, last):
            found.append(old)
            continue
        precision = "vague" if not (first or last) else "day" if first in (None, last) else "day_range"
        if old is not None:
            # The words on the page are the same, and so is their place; what they mean was decided by a person.
            same_days = (old.first, old.last) == (first, last)
            found.append(
                replace(
                    old,
                    kind=kind,
                    first=first,
                    last=last,
                    precision=old.precision if same_days else precision,
                    basis=old.basis if same_days else "review",
                )
            )
        else:
            found.append(Due(raw, kind, first, last, precision))
    return tuple(found)


def _amounts(typed: Typed, before: tuple[Money, ...], errors: dict[str, str]) -> tuple[Money, ...]:
    if "amount_raw" not in typed:
        return before
    left = list(before)
    found = []
    for at in range(len(typed["amount_raw"])):
        raw, kronor = _column(typed, "amount_raw", at), _column(typed, "amount_kr", at)
        if not (raw or kronor):
            continue
        ore = _ore(kronor)
        if ore is None:
            errors[f"amount_kr-{at}"] = "Skriv beloppet i kronor, till exempel −2 500 000 eller 1 250,50."
            continue
        old = next((money for money in left if money.raw == raw), None)
        if old is not None:
            left.remove(old)
        if old is None:
            found.append(Money(raw, ore))
        elif old.ore == ore:
            found.append(old)
        else:
            found.append(replace(old, ore=ore, basis="review"))
    return tuple(found)


def _ore(text: str) -> int | None:
    plain = _NOT_DIGITS.sub("", text.lower().strip()).replace("\u2212", "-").replace("\u2013", "-").replace(",", ".")
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,2})?", plain):
        return None
    try:
        return int(Decimal(plain) * 100)
    except InvalidOperation:
        return None


def kronor_typed(ore: int) -> str:
    """Öre as it is typed: ``-2500000`` or ``1250,50``."""
    whole, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole}" + (f",{rest:02}" if rest else "")
