"""A record as a reviewer sees and decides on it: all its fields, whether from the extraction or from an earlier review."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field, fields, replace
from typing import Any

Boxes = tuple[tuple[float, ...], ...]
"""``[[page, x0, top, x1, bottom], …]`` in points from the top left, one a printed line."""

ROLES = ("assigner", "assignee", "partner", "report_to")
STATUSES = ("decided", "proposed", "cited")
ACTS = ("assignment", "exhortation", "reporting_duty", "target", "appointment", "follow_up")
DEADLINE_KINDS = (
    "due", "report", "interim_report", "final_report", "period", "window", "event", "recurring", "vague", "start", "effect",
    "decide_target",
)  # fmt: skip


@dataclass(frozen=True)
class Party:
    """A body or officer. ``raw`` and ``boxes`` as printed, where it is printed; ``basis`` a code of the table ``label``."""

    name: str
    raw: str | None = None
    basis: str = "review"
    rule: str | None = None
    boxes: Boxes = ()


@dataclass(frozen=True)
class Due:
    """A deadline; days are ISO or None."""

    raw: str
    kind: str = "due"
    first: str | None = None
    last: str | None = None
    precision: str = "day"
    basis: str = "review"
    body: str | None = None
    rule: str = "review"
    boxes: Boxes = ()


@dataclass(frozen=True)
class Money:
    """An amount in whole öre."""

    raw: str
    ore: int
    year: int | None = None
    kind: str | None = None
    basis: str = "review"
    rule: str = "review"
    boxes: Boxes = ()


@dataclass(frozen=True)
class Record:
    """Everything a reviewer can decide about one assignment. The names of the fields are those in the history."""

    text: str
    task: str
    page: int
    act: str = "assignment"
    status: str = "decided"
    boxes: Boxes = ()
    paragraph: str | None = None
    assigner: tuple[Party, ...] = ()
    assignee: tuple[Party, ...] = ()
    partner: tuple[Party, ...] = ()
    report_to: tuple[Party, ...] = ()
    deadlines: tuple[Due, ...] = ()
    amounts: tuple[Money, ...] = ()
    source_body: str | None = None
    source_date: str | None = None
    source_paragraph: str | None = None
    source_diary_number: str | None = None
    done: bool | None = None
    duplicate_of: str | None = None

    def value(self, name: str) -> Any:
        """One field as plain JSON data."""
        return _plain(getattr(self, name))

    def as_json(self) -> str:
        """The whole record; :func:`from_json` gives back an equal one."""
        return dump({name: self.value(name) for name in FIELDS})

    def with_value(self, name: str, value: Any) -> Record:
        """The record with one field set from plain JSON data."""
        return replace(self, **{name: _parsed(name, value)})

    def names(self, role: str) -> str | None:
        """The names of a role as lists show them."""
        return "; ".join(party.name for party in getattr(self, role)) or None

    def leading(self) -> Due | None:
        """The deadline a list shows: the last day anything is due, else the first with a day, else the first."""
        binding = [d for d in self.deadlines if d.last is not None and d.kind in ("due", "report", "final_report", "decide_target")]
        if binding:
            return max(binding, key=lambda d: d.last or "")
        return next((d for d in self.deadlines if d.last is not None), self.deadlines[0] if self.deadlines else None)

    def ore(self) -> int | None:
        """The sum of the amounts in öre, or None without any (or with a sum no column holds)."""
        total = sum(amount.ore for amount in self.amounts)
        return total if self.amounts and abs(total) < 2**63 else None


FIELDS = tuple(f.name for f in fields(Record))

_PARTS: dict[str, type[Party] | type[Due] | type[Money]] = {**dict.fromkeys(ROLES, Party), "deadlines": Due, "amounts": Money}


def dump(value: Any) -> str:
    """JSON in one form, so that equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Record:
    """The record that :meth:`Record.as_json` wrote."""
    return Record(**{name: _parsed(name, value) for name, value in json.loads(text).items()})


def changes(old: Record | None, new: Record) -> list[tuple[str, Any, Any]]:
    """(field, old, new) of every field that differs, in the order of the form."""
    if old is None:
        return [(name, None, new.value(name)) for name in FIELDS if new.value(name) not in (None, [])]
    return [(name, old.value(name), new.value(name)) for name in FIELDS if old.value(name) != new.value(name)]


def extracted(connection: sqlite3.Connection, address: str) -> Record | None:
    """The record as the extraction gives it now, or None where its point is gone."""
    connection = _by_name(connection)
    row = connection.execute("SELECT * FROM assignment WHERE address = ?", (address,)).fetchone()
    if row is None:
        return None
    at = (row["document"], row["number"])
    parties: dict[str, list[Party]] = {role: [] for role in ROLES}
    for p in connection.execute("SELECT * FROM party WHERE document = ? AND assignment = ? ORDER BY role, ordinal", at):
        parties[p["role"]].append(Party(p["name"], p["raw"], p["basis"], p["rule"], _boxes(p["boxes"])))
    deadlines = tuple(
        Due(d["raw"], d["kind"], d["first"], d["last"], d["precision"], d["basis"], d["body"], d["rule"], _boxes(d["boxes"]))
        for d in connection.execute("SELECT * FROM deadline WHERE document = ? AND assignment = ? ORDER BY ordinal", at)
    )
    amounts = tuple(
        Money(b["raw"], b["ore"], b["year"], b["kind"], b["basis"], b["rule"], _boxes(b["boxes"]))
        for b in connection.execute(
            "SELECT b.* FROM assignment_amount AS l JOIN amount AS b ON b.document = l.document AND b.number = l.amount"
            " WHERE l.document = ? AND l.assignment = ? AND b.ore IS NOT NULL ORDER BY l.ordinal",
            at,
        )
    )
    return Record(
        row["text"],
        row["task"],
        row["page"],
        row["act"],
        row["status"],
        _boxes(row["boxes"]),
        row["paragraph_label"],
        tuple(parties["assigner"]),
        tuple(parties["assignee"]),
        tuple(parties["partner"]),
        tuple(parties["report_to"]),
        deadlines,
        amounts,
        source_body=row["source_body"],
        source_date=row["source_date"],
        source_paragraph=row["source_paragraph"],
        source_diary_number=row["source_diary_number"],
        done=None if row["done"] is None else bool(row["done"]),
        duplicate_of=row["duplicate_of"],
    )


class _Rows:
    """A connection whose rows are asked by name, whatever it was opened with."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(sql, values)


def _by_name(connection: sqlite3.Connection) -> Any:
    return _Rows(connection)


@dataclass(frozen=True)
class Standing:
    """A record with all that is known of its review. ``version`` is the number of its latest state (0: never decided)."""

    address: str
    document: str
    record: Record
    verdict: str = "open"
    version: int = 0
    merged_into: str | None = None
    standing: str = "stands"
    who: str | None = None
    at: str | None = None
    why: str | None = None
    extraction: Record | None = field(default=None, compare=False)
    mark: tuple[str, str] | None = None


def standing(connection: sqlite3.Connection, address: str) -> Standing | None:
    """The record as it stands now, or None where neither the extraction nor a review knows it."""
    rows = _by_name(connection)
    found = extracted(connection, address)
    mark = rows.execute("SELECT source, extraction FROM extraction_mark WHERE address = ?", (address,)).fetchone()
    marked = None if mark is None else (mark["source"], mark["extraction"])
    review = rows.execute(
        "SELECT s.*, c.why FROM current_review AS s JOIN review_change_set AS c ON c.id = s.change_set WHERE s.record = ?", (address,)
    ).fetchone()
    if review is None:
        if found is None:
            return None
        document = rows.execute(
            "SELECT d.sha256 FROM assignment AS a JOIN document AS d ON d.id = a.document WHERE a.address = ?", (address,)
        ).fetchone()
        return Standing(address, document["sha256"], found, extraction=found, mark=marked)
    value = found if review["verdict"] == "open" and found is not None else from_json(review["value"])
    return Standing(
        address,
        review["document"],
        value,
        review["verdict"],
        review["id"],
        review["merged_into"],
        review["standing"],
        review["who"],
        review["at"],
        review["why"],
        found,
        marked,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, (Party, Due, Money)):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


def _parsed(name: str, value: Any) -> Any:
    if name in _PARTS:
        return tuple(_PARTS[name](**{**item, "boxes": _tuples(item.get("boxes", []))}) for item in value or [])
    if name == "boxes":
        return _tuples(value or [])
    return value


def _tuples(boxes: list[list[float]]) -> Boxes:
    return tuple(tuple(box) for box in boxes)


def _boxes(text: str) -> Boxes:
    return _tuples(json.loads(text))
