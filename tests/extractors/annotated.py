"""Annotated documents: one string is the printed text, what is to be found in it, and what is not.

A document of a test is its text as laid_out.py prints it, with tags in it (nothing of a tag is printed)::

    <a status='decided' by='Regionstyrelsen' due='2023-10-31'><to>Regiondirektören</to> får i uppdrag att se över
    rutinen senast den 31 oktober 2023.</a> <no why='a seat'>Hon lämnar uppdraget som ledamot.</no>

``<a …>`` is an assignment. Its attributes, each optional save that a status must come from somewhere:

* ``status``  decided, proposed or cited, a second reading after "|";  ``act``  assignment unless said;  ``tier``  core unless said
* ``by``, ``to``, ``report``  names, parted by ";"; further readings follow after "|". Left out: nobody
* ``due``  last days, parted by ";" ("2024-05-31"); "?" before one says that it may be given and need not be, "?" alone that an
  undated one may be; a "!" alone is an occasion that must be given and has no day. Further readings after "|"
* ``id``, ``dup``  a name, and the name of the point this repeats

Inside it, ``<to>``, ``<by>``, ``<report>`` and ``<with>`` (a partner) mark slots as they are printed: the names are these, unless the
attribute or ``name='…'`` says otherwise, and what is extracted must stand there; at ``<task>`` the task begins.

``<no why='…'>`` is a place that looks like an assignment and is none; ``<kr sek='…'>`` an amount, ``<d from='…' to='…'>`` a date,
``<ref>`` a reference (``n`` its normal form, where that is not what is printed). A tag that is not closed, closed out of order, not
known or has an attribute that is not known raises AnnotationError: a slip in a case can never make it test nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from extractors.model import Extraction, FileStatus, Reading
from pipeline.evaluate.gold import Gold, GoldAlso, GoldAmount, GoldAssignment, GoldDate, GoldDeadline, GoldParty
from pipeline.evaluate.scoring import fold, in_document_order, match
from tests.extractors.laid_out import lay_out

_TAG = re.compile(r"<(?P<close>/)?(?P<name>[a-z]+)(?P<attributes>(?:\s[a-z]+='[^']*')*)\s?>")
_ATTRIBUTE = re.compile(r"([a-z]+)='([^']*)'")
_KNOWN: dict[str, frozenset[str]] = {
    "a": frozenset({"status", "act", "tier", "by", "to", "report", "due", "id", "dup"}),
    "to": frozenset({"name"}),
    "by": frozenset({"name"}),
    "report": frozenset({"name"}),
    "with": frozenset({"name"}),
    "task": frozenset(),
    "no": frozenset({"why"}),
    "kr": frozenset({"sek"}),
    "d": frozenset({"from", "to"}),
    "ref": frozenset({"n"}),
}
_MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december")
_ISO = re.compile(r"(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])")
_WORDS = re.compile(rf"(?<![\d–-])(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})\b")


class AnnotationError(Exception):
    """A tag that does not hold; the message has the text around it."""


@dataclass(frozen=True)
class Tag:
    """One tagged stretch of the printed text."""

    name: str
    start: int
    end: int
    text: str
    values: dict[str, str]


@dataclass(frozen=True)
class Annotated:
    """A printed text with its gold. ``slots`` has, for each gold assignment, the stretches marked in it."""

    text: str
    gold: Gold
    slots: tuple[tuple[Tag, ...], ...]
    places: tuple[Tag, ...]
    """The ``<no>`` tags."""
    references: tuple[Tag, ...]
    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()

    def reading(self, name: str = "document.pdf") -> Reading:
        """The text as a reader hands it over."""
        return Reading("0" * 64, name, FileStatus.READ, lay_out(self.text, head=self.head, foot=self.foot))


def tags_of(marked: str) -> tuple[str, list[Tag]]:
    """The printed text and its tags, in the order they open. Raises AnnotationError for anything not well formed."""
    printed: list[str] = []
    length = 0
    open_tags: list[tuple[int, str, int, dict[str, str]]] = []
    found: list[tuple[int, Tag]] = []
    at = 0
    for order, tag in enumerate(_TAG.finditer(marked)):
        printed.append(marked[at : tag.start()])
        length += tag.start() - at
        at = tag.end()
        around = marked[max(0, tag.start() - 30) : tag.end() + 30]
        name = tag["name"]
        if tag["close"]:
            if not open_tags or open_tags[-1][1] != name:
                raise AnnotationError(f"</{name}> closes nothing that is open: …{around}…")
            opened, _, start, values = open_tags.pop()
            if start == length:
                raise AnnotationError(f"<{name}> marks nothing: …{around}…")
            found.append((opened, Tag(name, start, length, "".join(printed)[start:], values)))
        else:
            values = dict(_ATTRIBUTE.findall(tag["attributes"]))
            unknown = set(values) - _KNOWN.get(name, frozenset())
            if name not in _KNOWN or unknown:
                raise AnnotationError(f"<{name}> is not known or has {sorted(unknown)}: …{around}…")
            open_tags.append((order, name, length, values))
    printed.append(marked[at:])
    if open_tags:
        raise AnnotationError(f"<{open_tags[-1][1]}> is not closed in: {marked[:80]}…")
    text = "".join(printed)
    if "<" in text or ">" in text:
        where = max(text.find("<"), text.find(">"))
        raise AnnotationError(f"a tag is malformed: …{text[max(0, where - 40) : where + 40]}…")
    return text, [tag for _, tag in sorted(found, key=lambda pair: pair[0])]


def _names(value: str) -> list[list[str]]:
    """ "A; B | C" is two readings: A and B, or C."""
    return [[name.strip() for name in reading.split(";") if name.strip()] for reading in value.split("|")]


def _deadlines(value: str) -> list[list[GoldDeadline]]:
    readings: list[list[GoldDeadline]] = []
    for reading in value.split("|"):
        days: list[GoldDeadline] = []
        for day in (d.strip() for d in reading.split(";")):
            if not day:
                continue
            if day == "!":
                days.append(GoldDeadline(kind="report"))
            elif day == "?":
                days.append(GoldDeadline(kind="event"))
            else:
                days.append(GoldDeadline.model_validate({"kind": "window" if day[0] == "?" else "due", "to": day.lstrip("?")}))
        readings.append(days)
    return readings


@dataclass
class _Slots:
    names: list[list[str]] = field(default_factory=list)

    @property
    def first(self) -> list[str]:
        return self.names[0] if self.names else []

    @property
    def rest(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(reading) for reading in self.names[1:])


def _slot(tag: Tag, attribute: str, inner: list[Tag], default: str) -> _Slots:
    if attribute in tag.values:
        return _Slots(_names(tag.values[attribute]))
    printed = [t for t in inner if t.name == attribute]
    if printed:
        return _Slots([[t.values.get("name", t.text) for t in printed]])
    return _Slots(_names(default)) if default else _Slots()


def annotated(marked: str, *, status: str = "", by: str = "", head: tuple[str, ...] = (), foot: tuple[str, ...] = ()) -> Annotated:
    """A document from its marked-up text. ``status`` and ``by`` hold for every ``<a>`` that says nothing else."""
    text, tags = tags_of(marked)
    assignments: list[GoldAssignment] = []
    slots: list[tuple[Tag, ...]] = []
    for number, tag in enumerate((t for t in tags if t.name == "a"), 1):
        inner = [
            t
            for t in tags
            if t is not tag and tag.start <= t.start and t.end <= tag.end and t.name in ("to", "by", "report", "with", "task")
        ]
        given, *second = (s.strip() for s in tag.values.get("status", status).split("|"))
        if not given:
            raise AnnotationError(f"no status for: {tag.text[:60]}")
        assigner, assignees, report = (_slot(tag, n, inner, by if n == "by" else "") for n in ("by", "to", "report"))
        due = _deadlines(tag.values.get("due", ""))
        printed = {fold(t.values.get("name", t.text)): t.text for t in inner if t.name != "task"}
        assignments.append(
            GoldAssignment.model_validate(
                {
                    "id": tag.values.get("id", str(number)),
                    "tier": tag.values.get("tier", "core"),
                    "act": tag.values.get("act", "assignment"),
                    "status": given,
                    "anchor": re.sub(r"^\s*(?:\d+\.|[a-zA-Z]\)|[-–•])\s+", "", tag.text),
                    "assigner": [GoldParty(name=n, raw=printed.get(fold(n))) for n in assigner.first],
                    "assignees": [GoldParty(name=n, raw=printed.get(fold(n))) for n in assignees.first],
                    "deadlines": due[0],
                    "report_to": report.first,
                    "duplicate_of": tag.values.get("dup"),
                    "also": GoldAlso(
                        status=tuple(second),
                        assigner=assigner.rest,
                        assignees=assignees.rest,
                        report_to=report.rest,
                        deadlines=tuple(map(tuple, due[1:])),
                    ),
                }
            )
        )
        slots.append(tuple(inner))
    marked_days = [t for t in tags if t.name == "d"]
    days = [*_plain_days("\n".join((*head, *foot)), []), *_plain_days(text, marked_days), *(_day(t) for t in marked_days)]
    gold = Gold(
        assignments=tuple(assignments),
        amounts=tuple(GoldAmount(raw=t.text, sek=Decimal(t.values["sek"])) for t in tags if t.name == "kr"),
        dates=tuple(d for d in days if not _whole_year(d)),
        dates_optional=(*_years(text), *(d for d in days if _whole_year(d))),
    )
    return Annotated(
        text, gold, tuple(slots), tuple(t for t in tags if t.name == "no"), tuple(t for t in tags if t.name == "ref"), head, foot
    )


def _day(tag: Tag) -> GoldDate:
    return GoldDate.model_validate({"raw": tag.text, "from": tag.values.get("from") or None, "to": tag.values.get("to") or None})


def _whole_year(day: GoldDate) -> bool:
    return bool(day.first and day.last and day.first.year == day.last.year and (day.last - day.first).days >= 364)


def _years(text: str) -> list[GoldDate]:
    """A year alone may be given as a period, closed or open, and need not be."""
    years = sorted(set(re.findall(r"(?<![\d-])(?:19|20)\d\d(?![\d-])", text)))
    ends = [(year, last) for year in years for last in (f"{year}-12-31", None)]
    return [GoldDate.model_validate({"raw": year, "from": f"{year}-01-01", "to": last}) for year, last in ends]


def _plain_days(text: str, marked: list[Tag]) -> list[GoldDate]:
    """Days that leave nothing to judge ("2024-05-14", "14 maj 2024") need no tag."""
    found: list[GoldDate] = []
    for printed_at in [*_ISO.finditer(text), *_WORDS.finditer(text)]:
        if any(t.start < printed_at.end() and printed_at.start() < t.end for t in marked):
            continue
        one, two, three = printed_at.groups()
        printed = f"{one}-{two}-{three}" if printed_at.re is _ISO else f"{three}-{_MONTHS.index(two) + 1:02}-{int(one):02}"
        try:
            date.fromisoformat(printed)
        except ValueError:
            continue  # an impossible day is nothing to find; a document that wants it marks it
        found.append(GoldDate.model_validate({"raw": printed_at.group(), "from": printed, "to": printed}))
    return found


def unreferred(document: Annotated, extraction: Extraction) -> list[str]:
    """Marked references that were not extracted under their normal form, as sentences."""
    got = {fold(r.normalized) for r in extraction.references}
    return [f"reference {t.text!r} is not among {sorted(got)}" for t in document.references if fold(t.values.get("n", t.text)) not in got]


def misplaced(document: Annotated, extraction: Extraction) -> list[str]:
    """Marked slots whose printed words no extracted party of that slot stands on, as sentences."""
    problems: list[str] = []
    found = {gold.id: got for gold, got in match(document.gold.assignments, in_document_order(extraction.assignments))}
    for gold, slots in zip(document.gold.assignments, document.slots, strict=True):
        got = found.get(gold.id)
        if got is None:
            continue
        parties = {"to": got.assignees, "by": got.assigner, "report": got.report_to, "with": got.partners}
        for slot in slots:
            if slot.name == "task":
                if not fold(got.task).startswith(fold(slot.text)[:24]):
                    problems.append(f"the task begins {slot.text!r}; extracted: {got.task[:60]!r}")
                continue
            raws = [fold(p.raw) for p in parties[slot.name] if p.raw]
            if not any(raw and (raw in fold(slot.text) or fold(slot.text) in raw) for raw in raws):
                problems.append(f"<{slot.name}> {slot.text!r} is printed there; extracted: {[p.raw or p.name for p in parties[slot.name]]}")
    return problems
