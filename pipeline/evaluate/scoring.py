"""The rules of the figures, and nothing else: an extraction against gold, counted.

An assignment is found when its printed text, folded to letters and digits, holds the first 32 of the gold's first words. One to one,
in document order. Assignments marked as duplicates and weaker acts are left out on both sides; a borderline one is neither right nor
wrong. A field is right when it equals the gold or one of its second readings; field figures are shares of all core gold, so that
one that was missed is wrong in every field.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

from rapidfuzz import fuzz

from extractors.model import Assignment, Deadline, Extraction, Party
from pipeline.evaluate.gold import Gold, GoldAssignment, GoldDeadline, GoldParty

ANCHOR_LENGTH = 32
DAMAGED_ALIKE = 90.0
"""Of 100: how alike first words must be to what was read where the text was damaged on purpose. Three wrong letters in 32 still are."""
FIELDS = ("status", "assigner", "assignees", "deadlines", "report_to")
OPTIONAL_KINDS = frozenset({"period", "effect", "start", "window", "decide_target", "recurring", "vague", "event"})
"""Kinds of deadline that may be given and need not be: readers differ on whether such an occasion is a deadline."""

# "samtliga nämnder och bolag" is "samtliga nämnder" and "samtliga bolag". Never after a hyphen ("hälso- och sjukvårdsnämnden").
_DETERMINERS = r"(?:(?:alla|samtliga|övriga|berörda|respektive|varje)\s+)+"
_SHARED = re.compile(rf"^({_DETERMINERS})(.+)$", re.IGNORECASE | re.DOTALL)
_AND = re.compile(r"(?<!-)(?:\s*[;,]\s*(?:(?:och|samt)\s+)?|\s+(?:och|samt|eller)\s+)")


# ----------------------------------------------------------------------------------------------------------------- counting


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were right, how many were predicted, how many the gold has."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float | None:
        """Share of the predicted that is right; None where nothing was predicted."""
        return self.right / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Share of the gold that was found; None where there is no gold."""
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two; None where there is neither gold nor prediction."""
        total = self.predicted + self.gold
        return 2 * self.right / total if total else None


@dataclass(frozen=True, slots=True)
class Miss:
    """One thing that is wrong. ``what``: missed, spurious, a field's name, "amount missing", "amount extra", …; ``note`` says more."""

    what: str
    where: str
    wanted: str = ""
    got: str = ""
    note: str = ""

    def __str__(self) -> str:
        parts = [f"{self.what.upper():<16} {self.where}"]
        if self.wanted or self.got:
            parts.append(f"    wanted {self.wanted or '–'}\n    got    {self.got or '–'}")
        if self.note:
            parts.append(f"    {self.note}")
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """The counts of one document (or, added up, of several). ``fields`` counts the right ones of each of FIELDS, "whole" (all five)
    and two that no bound is set on: "deadlines, dated" (as deadlines, with undated and optional ones of the prediction left aside)
    and "names, resolved" (assigner, assignees and report_to right by the resolved name alone, not by what is printed)."""

    found: Counts = Counts()
    fields: tuple[tuple[str, int], ...] = ()
    amounts: Counts = Counts()
    dates: Counts = Counts()
    references: Counts = Counts()
    persons: Counts = Counts()
    misses: tuple[Miss, ...] = ()

    def __add__(self, other: DocumentScore) -> DocumentScore:
        mine, theirs = dict(self.fields), dict(other.fields)
        return DocumentScore(
            self.found + other.found,
            tuple((name, mine.get(name, 0) + theirs.get(name, 0)) for name in (*FIELDS, *EXTRA)),
            self.amounts + other.amounts,
            self.dates + other.dates,
            self.references + other.references,
            self.persons + other.persons,
            self.misses + other.misses,
        )

    def share(self, name: str) -> float | None:
        """The share of core gold right in ``name``; None where there is no core gold."""
        return dict(self.fields).get(name, 0) / self.found.gold if self.found.gold else None


EXTRA = ("whole", "deadlines, dated", "names, resolved")


# ------------------------------------------------------------------------------------------------------------------ folding


def fold(text: str) -> str:
    """Letters and digits only, lower case: "Hälso- och sjukvårds\\u00adnämnden" and "hälso och sjukvårdsnämnden" are the same."""
    return "".join(c for c in unicodedata.normalize("NFC", text).lower() if c.isalnum())


def holds(text: str, gold: GoldAssignment, *, damaged: bool = False) -> bool:
    """Whether ``text`` is about the gold assignment: it holds the first 32 letters and digits of its first words. In ``damaged`` text
    the first words are damaged too, so there it is enough that something very like them stands in it."""
    folded = fold(text)
    return any(_stands_in(start, folded, damaged) for start in _starts(gold))


def _stands_in(start: str, folded: str, damaged: bool) -> bool:
    if not damaged or start in folded:
        return start in folded
    return len(folded) >= 0.9 * len(start) and fuzz.partial_ratio(start, folded) >= DAMAGED_ALIKE


def _starts(gold: GoldAssignment) -> list[str]:
    return [start for start in (fold(a)[:ANCHOR_LENGTH] for a in (gold.anchor, *(gold.anchors or ()))) if start]


def names(form: str) -> frozenset[str]:
    """The folded names in ``form``, one in most cases; "alla A och B" gives "alla A" and "alla B".

    >>> sorted(names("samtliga nämnder och förvaltningar"))
    ['samtligaförvaltningar', 'samtliganämnder']
    """
    shared = _SHARED.match(form.strip())
    if shared:
        return frozenset(fold(part) if _SHARED.match(part) else fold(shared[1] + part) for part in _AND.split(shared[2]) if part)
    return frozenset({fold(form)})


# ------------------------------------------------------------------------------------------------------------------ parties


def _unions(parties: Iterable[Sequence[str | None]]) -> set[frozenset[str]]:
    """Every set of names the parties can be read as, each party taken by its resolved name or as printed."""
    result: set[frozenset[str]] = {frozenset()}
    for forms in parties:
        options = {names(form) for form in forms if form and fold(form)}
        result = {done | option for done, option in product(result, options)} if options else result
    return result


def _split(form: str) -> frozenset[str]:
    """Gold writes a group it resolved as "samtliga nämnder; samtliga förvaltningar"."""
    return frozenset().union(*(names(part) for part in form.split(";")))


def same_parties(predicted: Sequence[Party], gold: Sequence[GoldParty], also: Sequence[Sequence[str]] = ()) -> bool:
    """Whether the same set is named, case and punctuation aside; the printed form stands for the resolved one on both sides."""
    return bool(_unions([(p.name, p.raw) for p in predicted]) & _readings(gold, also))


def same_resolved(predicted: Sequence[Party], gold: Sequence[GoldParty], also: Sequence[Sequence[str]] = ()) -> bool:
    """As :func:`same_parties`, by the prediction's resolved names alone."""
    return bool(_unions([(p.name,) for p in predicted]) & _readings(gold, also))


def _readings(gold: Sequence[GoldParty], also: Sequence[Sequence[str]]) -> set[frozenset[str]]:
    readings: set[frozenset[str]] = {frozenset()}
    for party in gold:
        options = {_split(party.name), names(party.name)} | ({names(party.raw)} if party.raw else set())
        readings = {done | option for done, option in product(readings, options)}
    return readings | {frozenset().union(*(names(name) for name in reading)) for reading in also}


# ---------------------------------------------------------------------------------------------------------------- deadlines


def same_deadlines(predicted: Sequence[Deadline], gold: Sequence[GoldDeadline], also: Sequence[Sequence[GoldDeadline]] = ()) -> bool:
    """Whether the last days are the same set; a gold day of an optional kind may be given and need not be. No day (None) is a value:
    a deadline that is an event stays one."""
    given = {d.last for d in predicted}
    return any(_fits(given, given, reading) for reading in (gold, *also))


def same_dated_deadlines(predicted: Sequence[Deadline], gold: Sequence[GoldDeadline], also: Sequence[Sequence[GoldDeadline]] = ()) -> bool:
    """As :func:`same_deadlines`, but what is predicted with an optional kind, or without a day, may stand beside the gold."""
    given = {d.last for d in predicted}
    firm: set[date | None] = {d.last for d in predicted if d.kind not in OPTIONAL_KINDS and d.last is not None}
    return any(_fits(given, firm, reading) for reading in (gold, *also))


def _fits(given: set[date | None], held_to: set[date | None], reading: Sequence[GoldDeadline]) -> bool:
    needed = {d.last for d in reading if d.kind not in OPTIONAL_KINDS}
    return needed <= given and held_to <= {d.last for d in reading}


# ------------------------------------------------------------------------------------------------------------------ matching


def in_document_order(assignments: Iterable[Assignment]) -> list[Assignment]:
    """By where the point begins, then by where the task does: several tasks of one sentence share the point."""
    return sorted(assignments, key=lambda a: (a.span.start, a.task_span.start, a.span.end))


def match(
    gold: Sequence[GoldAssignment], predicted: Sequence[Assignment], *, damaged: bool = False
) -> list[tuple[GoldAssignment, Assignment]]:
    """Pairs, one to one: each gold in order takes the first free prediction whose text holds its first words."""
    free, folded = list(predicted), {id(p): fold(p.text) for p in predicted}
    pairs = []
    for wanted in gold:
        starts = _starts(wanted)
        taken = next((p for p in free if any(_stands_in(s, folded[id(p)], damaged) for s in starts)), None)
        if taken is not None:
            free = [p for p in free if p is not taken]
            pairs.append((wanted, taken))
    return pairs


def score_document(gold: Gold, extraction: Extraction, *, damaged: bool = False) -> DocumentScore:
    """Every count and every miss of one document; ``damaged`` where its text was damaged on purpose (see :func:`holds`)."""
    counted = [a for a in gold.assignments if a.act == "assignment" and a.duplicate_of is None]
    core = [a for a in counted if a.tier == "core"]
    borderline = [a for a in gold.assignments if a.tier == "borderline"]
    everything = in_document_order(extraction.assignments)
    predicted = [a for a in everything if a.act == "assignment" and a.duplicate_of is None]
    left_out = [a for a in everything if a.act != "assignment" or a.duplicate_of is not None]

    pairs = match(core, predicted, damaged=damaged)
    matched = {id(p) for _, p in pairs}
    # Neither right nor wrong, however many predictions say it.
    neutral = {id(p) for p in predicted if id(p) not in matched and any(holds(p.text, b, damaged=damaged) for b in borderline)}
    spurious = [p for p in predicted if id(p) not in matched and id(p) not in neutral]

    fields: Counter[str] = Counter()
    misses: list[Miss] = []
    for wanted, got in pairs:
        right = _right_fields(wanted, got)
        fields.update(name for name, ok in right.items() if ok)
        fields["whole"] += all(right[name] for name in FIELDS)
        misses += [_field_miss(name, wanted, got) for name in FIELDS if not right[name]]
    found = {id(w) for w, _ in pairs}
    missed = [w for w in core if id(w) not in found]
    misses += [Miss("missed", f"{w.id} ({w.status})", wanted=w.anchor, note=_why_missed(w, left_out, extraction)) for w in missed]
    misses += [_spurious_miss(p, extraction, gold) for p in spurious]

    amounts, amount_misses = _amounts(gold, extraction)
    dates, date_misses = _dates(gold, extraction)
    references, reference_misses = _references(gold, extraction)
    persons, person_misses = _persons(gold, extraction)
    return DocumentScore(
        Counts(len(pairs), len(pairs) + len(spurious), len(core)),
        tuple((name, fields[name]) for name in (*FIELDS, *EXTRA)),
        amounts,
        dates,
        references,
        persons,
        (*misses, *amount_misses, *date_misses, *reference_misses, *person_misses),
    )


def _right_fields(gold: GoldAssignment, got: Assignment) -> dict[str, bool]:
    also = gold.also
    wanted_report = [GoldParty(name=name) for name in gold.report_to]
    parties = (
        (got.assigner, gold.assigner, also.assigner if also else ()),
        (got.assignees, gold.assignees, also.assignees if also else ()),
        (got.report_to, wanted_report, also.report_to if also else ()),
    )
    assigner, assignees, report_to = (same_parties(*three) for three in parties)
    second = also.deadlines if also else ()
    return {
        "status": got.status == gold.status or (also is not None and got.status in also.status),
        "assigner": assigner,
        "assignees": assignees,
        "deadlines": same_deadlines(got.deadlines, gold.deadlines, second),
        "report_to": report_to,
        "deadlines, dated": same_dated_deadlines(got.deadlines, gold.deadlines, second),
        "names, resolved": all(same_resolved(*three) for three in parties),
    }


# -------------------------------------------------------------------------------------------------------------------- misses


def _field_miss(name: str, gold: GoldAssignment, got: Assignment) -> Miss:
    where = f"{gold.id}: {got.text[:110]}"
    note = "; ".join(f"{c.effect} by {c.rule}: {c.why}" for c in got.cues if c.effect.split("=")[0] == name.rstrip("s"))
    if name == "status":
        return Miss(name, where, gold.status, got.status, note)
    if name == "deadlines":
        wanted = [f"{d.kind} {d.first or '?'}–{d.last or '?'} “{d.raw}”" for d in gold.deadlines]
        given = [f"{d.kind} {d.first or '?'}–{d.last or '?'} “{d.raw}” by {d.rule}, {d.basis}" for d in got.deadlines]
    elif name == "report_to":
        wanted, given = list(gold.report_to), [_shown(p) for p in got.report_to]
    else:
        wanted_parties: tuple[GoldParty, ...] = getattr(gold, name)
        got_parties: tuple[Party, ...] = getattr(got, name)
        wanted = [p.name if p.raw in (None, p.name) else f"{p.name} “{p.raw}”" for p in wanted_parties]
        given = [_shown(p) for p in got_parties]
    return Miss(name, where, " | ".join(wanted), " | ".join(given), note)


def _shown(party: Party) -> str:
    return f"{party.name} “{party.raw}” ({party.basis})" if party.raw else f"{party.name} ({party.basis})"


def _why_missed(gold: GoldAssignment, left_out: Sequence[Assignment], extraction: Extraction) -> str:
    for other in left_out:
        if holds(other.text, gold):
            return f"there, but left out: act {other.act}" + (f", duplicate of {other.duplicate_of}" if other.duplicate_of else "")
    for place in extraction.not_assignments:
        if holds(place.text, gold):
            return f"there, but not an assignment: {place.reason} by {place.rule}"
    if holds(extraction.document.text, gold):
        return "its words stand in the text; nothing was found there (or one prediction covers two)"
    return "its first words are not in the document's text as it was read"


def _spurious_miss(got: Assignment, extraction: Extraction, gold: Gold) -> Miss:
    twin = next((g for g in gold.assignments if holds(got.text, g)), None)
    why = f"again what gold has as {twin.id}" + (" (a duplicate there)" if twin.duplicate_of else "") if twin else "gold has nothing here"
    page = extraction.document.page_of(got.span.start) if extraction.document.segments else 0
    cues = "; ".join(f"{c.effect}: {c.why}" for c in got.cues)
    note = "; ".join(part for part in (why, ", ".join(got.rules), cues) if part)
    return Miss("spurious", f"page {page}, {got.status}: {got.text[:200]}", note=note)


# -------------------------------------------------------------------------------------------------- amounts, dates and the rest


def kronor(sek: Decimal) -> int:
    """Whole kronor, half away from zero."""
    return int(sek.quantize(Decimal(1), ROUND_HALF_UP))


def _bag(wanted: Iterable[tuple[Hashable, str]], got: Iterable[tuple[Hashable, str]], what: str) -> tuple[Counts, list[Miss]]:
    """Two bags of (value, how it is shown) compared by value."""
    wanted, got = list(wanted), list(got)
    common = Counter(v for v, _ in wanted) & Counter(v for v, _ in got)
    misses = [Miss(f"{what} missing", shown) for shown in _beyond(wanted, common)]
    misses += [Miss(f"{what} extra", shown) for shown in _beyond(got, common)]
    return Counts(common.total(), len(got), len(wanted)), misses


def _beyond(items: Iterable[tuple[Hashable, str]], common: Counter[Hashable]) -> Iterator[str]:
    left = common.copy()
    for value, shown in items:
        if left[value]:
            left[value] -= 1
        else:
            yield shown


def _amounts(gold: Gold, extraction: Extraction) -> tuple[Counts, list[Miss]]:
    page = extraction.document.page_of
    return _bag(
        [(kronor(a.sek), f"{kronor(a.sek):,} “{a.raw}”") for a in gold.amounts],
        [(kronor(a.sek), f"{kronor(a.sek):,} “{a.raw}” page {page(a.span.start)} by {a.rule} {a.sign_from}") for a in extraction.amounts],
        "amount",
    )


def _dates(gold: Gold, extraction: Extraction) -> tuple[Counts, list[Miss]]:
    optional = {(d.first, d.last) for d in gold.dates_optional}
    page = extraction.document.page_of
    # A set, not a bag: the first mention of each stands for all.
    wanted = {(d.first, d.last): f"{d.first or '?'}–{d.last or '?'} “{d.raw}”" for d in reversed(gold.dates)}
    got = {
        (d.first, d.last): f"{d.first or '?'}–{d.last or '?'} “{d.raw}” page {page(d.span.start)} by {d.rule}, year from {d.basis}"
        for d in reversed(extraction.dates)
    }
    return _bag([i for i in wanted.items() if i[0] not in optional], [i for i in got.items() if i[0] not in optional], "date")


def _references(gold: Gold, extraction: Extraction) -> tuple[Counts, list[Miss]]:
    """By what is referred to, as a set: the kind is a matter of naming and is not compared."""
    if gold.references is None:
        return Counts(), []
    wanted = {fold(r.normalized): f"{r.kind} {r.normalized} “{r.raw}”" for r in gold.references}
    got = {fold(r.normalized): f"{r.kind} {r.normalized} “{r.raw}” by {r.rule}" for r in extraction.references}
    return _bag(list(wanted.items()), list(got.items()), "reference")


def _persons(gold: Gold, extraction: Extraction) -> tuple[Counts, list[Miss]]:
    """By name and role, as a set."""
    if gold.persons is None:
        return Counts(), []
    wanted = {(fold(p.name), fold(p.role or "")): f"{p.name}, {p.role}" for p in gold.persons}
    got = {(fold(p.name), fold(p.role or "")): f"{p.name}, {p.role} by {p.rule}" for p in extraction.persons}
    return _bag(list(wanted.items()), list(got.items()), "person")
