"""What became of an assignment: its events in order, and how it stands on a day.

What was reported and what the assigner made of it are kept apart, and what was decided apart from what was only proposed. Nothing is
guessed: what no document tells is a gap, said in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

KINDS = (
    "proposed",
    "given",
    "cited",
    "deadline_moved",
    "reported_in_part",
    "reported",
    "noted",
    "approved",
    "closed",
    "not_closed",
    "withdrawn",
)
"""The kinds of event, in the order they happen in where the day is the same."""

STATES = ("open", "interim", "reported", "closed", "withdrawn", "overdue", "unknown")

_ORDER = {kind: number for number, kind in enumerate(KINDS)}
_WEIGHT = {"decided": 2, "cited": 1, "proposed": 0}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an assignment.

    ``kind`` is one of :data:`KINDS`, ``status`` decided, proposed or cited. ``day`` is None where nothing tells it; ``basis`` says what
    told it: meeting, printed, earliest (an undated document, not older than that) or unknown. The deadline is the one the event sets.
    ``by_assigner`` is False where another body than the assigner acted: a committee that files a report has not accepted it for the board.
    """

    kind: str
    status: str
    day: date | None
    basis: str
    document: str
    body: str | None = None
    deadline_first: date | None = None
    deadline_last: date | None = None
    deadline_raw: str | None = None
    by_assigner: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """How an assignment stands on a day.

    ``state`` is one of :data:`STATES`; ``overdue`` takes the place of open and interim when the deadline's last day has passed;
    ``reached`` is the state without that.
    ``accepted`` is noted or approved. The ``…_status`` tell a decision from a proposal to decide. ``gaps`` are Swedish sentences on
    what was not found up to the day.
    """

    state: str
    reached: str
    given: date | None
    deadline_first: date | None
    deadline_last: date | None
    deadline_raw: str | None
    moved: bool
    interim: date | None
    reported: date | None
    accepted: str | None
    accepted_day: date | None
    accepted_status: str | None
    closed: date | None
    closed_status: str | None
    withdrawn: date | None
    gaps: tuple[str, ...]


def in_order(events: Iterable[Event]) -> list[Event]:
    """By day, undated ones last; on one day in the order such things happen."""
    return sorted(events, key=lambda e: (e.day or date.max, _ORDER[e.kind], -_WEIGHT[e.status], e.document))


def standing(events: Sequence[Event], day: date, *, origin_found: bool | None = None) -> Standing:
    """How the assignment with these events stands at the end of ``day``.

    An event without a day counts from the last known day of the others on. ``origin_found`` says whether the decision itself is in
    the archive; None takes it from the events.

    >>> from datetime import date
    >>> given = Event("given", "decided", date(2023, 5, 2), "meeting", "a", deadline_last=date(2023, 5, 31))
    >>> standing([given], date(2023, 5, 31)).state, standing([given], date(2023, 6, 1)).state
    ('open', 'overdue')
    """
    ordered = in_order(events)
    known = [e.day for e in ordered if e.day is not None]
    latest = max(known, default=None)
    happened = [e for e in ordered if (e.day <= day if e.day is not None else latest is None or latest <= day)]
    given = next((e for e in ordered if e.kind == "given"), None)
    is_given = any(e.kind == "given" or (e.kind == "cited") for e in happened)
    in_part = [e for e in happened if e.kind == "reported_in_part"]
    accepted = _last([e for e in happened if e.by_assigner], ("noted", "approved"), without=frozenset(e.document for e in in_part))
    reported = _last(happened, ("reported",))
    withdrawn = next((e for e in reversed(happened) if e.kind == "withdrawn" and e.status != "proposed"), None)
    closed = _best(happened, "closed")
    refused = next((e for e in reversed(happened) if e.kind == "not_closed"), None)
    if closed is not None and refused is not None and (refused.day or date.max) > (closed.day or date.min):
        closed = None
    deadline, moved = _deadline(ordered, happened)
    if withdrawn is not None:
        state = "withdrawn"
    elif closed is not None:
        state = "closed"
    elif reported is not None or accepted is not None:
        state = "reported"
    elif in_part:
        state = "interim"
    elif is_given:
        state = "open"
    else:
        state = "unknown"
    last = deadline.deadline_last if deadline is not None else None
    late = state in ("open", "interim") and last is not None and last < day
    found = origin_found if origin_found is not None else any(e.kind == "given" and e.status == "decided" for e in ordered)
    return Standing(
        "overdue" if late else state,
        state,
        given.day if given is not None and given.day is not None and given.day <= day else None,
        deadline.deadline_first if deadline is not None else None,
        last,
        deadline.deadline_raw if deadline is not None else None,
        moved,
        in_part[-1].day if in_part else None,
        reported.day if reported is not None else None,
        accepted.kind if accepted is not None else None,
        accepted.day if accepted is not None else None,
        accepted.status if accepted is not None else None,
        closed.day if closed is not None else None,
        closed.status if closed is not None else None,
        withdrawn.day if withdrawn is not None else None,
        tuple(_gaps(state, day, found, accepted, closed, last)),
    )


def _last(events: Sequence[Event], kinds: tuple[str, ...], without: frozenset[str] = frozenset()) -> Event | None:
    """The latest of these kinds, a decided one before one that is only proposed."""
    found = [e for e in events if e.kind in kinds and e.document not in without]
    return max(found, key=lambda e: (_WEIGHT[e.status] > 0, e.day or date.min), default=None)


def _best(events: Sequence[Event], kind: str) -> Event | None:
    """The first that decides, else the first that tells of it, else the first that proposes it."""
    found = [e for e in events if e.kind == kind]
    return max(reversed(found), key=lambda e: _WEIGHT[e.status], default=None)


def _deadline(ordered: Sequence[Event], happened: Sequence[Event]) -> tuple[Event | None, bool]:
    """The event that set the deadline that holds, and whether it was moved. A later document may be the first to print the deadline
    that was set when the assignment was given, so retellings count from the start; a move counts from its day."""
    moves = [e for e in happened if e.kind == "deadline_moved" and e.status != "proposed" and e.deadline_last is not None]
    if moves:
        return moves[-1], True
    for kind in ("given", "cited", "proposed"):
        found = next((e for e in ordered if e.kind == kind and (e.deadline_last is not None)), None)
        found = found or next((e for e in ordered if e.kind == kind and e.deadline_raw), None)
        if found is not None:
            return found, False
    return None, False


def _gaps(state: str, day: date, origin_found: bool, accepted: Event | None, closed: Event | None, last: date | None) -> Iterable[str]:
    """What was not found, in the words of the view ``trad``."""
    if not origin_found and state != "unknown":
        yield "beslutet som gav uppdraget finns inte i arkivet"
    if state == "unknown":
        yield f"inget beslut om uppdraget hittat till och med {day}"
    if state == "open":
        yield f"ingen återrapport hittad till och med {day}"
    if state == "interim":
        yield f"ingen slutlig återrapport hittad till och med {day}"
    if state == "reported" and accepted is None:
        yield f"inget ställningstagande till återrapporten hittat till och med {day}"
    if state == "reported" and accepted is not None and accepted.status == "proposed":
        yield f"ställningstagandet är bara föreslaget: beslutet inte hittat till och med {day}"
    if state == "closed" and closed is not None and closed.status == "proposed":
        yield f"att det är fullgjort är bara föreslaget: beslutet inte hittat till och med {day}"
    if last is None and state in ("open", "interim"):
        yield "ingen tidsfrist med dag"
