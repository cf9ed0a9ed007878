"""How an assignment stands on a day: what was reported, what the assigner made of it, and what was not found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from extractors.timeline import Event, standing

GIVEN = Event("given", "decided", date(2024, 4, 22), "meeting", "a", "Regionstyrelsen", date(2024, 9, 1), date(2024, 9, 30), "i september")
INTERIM = Event("reported_in_part", "decided", date(2024, 5, 20), "meeting", "b", "Regionstyrelsen")
REPORTED = Event("reported", "cited", date(2024, 9, 20), "earliest", "c", "Regionstyrelsen")
APPROVAL = Event("approved", "proposed", date(2024, 9, 20), "earliest", "c", "Regionstyrelsen")
APPROVED = Event("approved", "decided", date(2024, 9, 28), "meeting", "d", "Regionstyrelsen")
CLOSED = Event("closed", "decided", date(2025, 6, 3), "meeting", "e", "Regionstyrelsen")
MOVED = Event("deadline_moved", "decided", date(2024, 9, 1), "meeting", "f", None, None, date(2024, 12, 31), "senast i december")
WITHDRAWN = Event("withdrawn", "decided", date(2024, 8, 1), "meeting", "g")
STORY = [GIVEN, INTERIM, REPORTED, APPROVAL, APPROVED, CLOSED]

CASES = [
    ([], date(2024, 1, 1), "unknown"),
    ([replace(GIVEN, kind="proposed", status="proposed")], date(2024, 10, 1), "unknown"),
    ([GIVEN], date(2024, 4, 22), "open"),
    ([GIVEN], date(2024, 9, 30), "open"),
    ([GIVEN], date(2024, 10, 1), "overdue"),
    ([GIVEN, MOVED], date(2024, 10, 1), "open"),
    ([GIVEN, replace(MOVED, status="proposed")], date(2024, 10, 1), "overdue"),
    ([GIVEN, WITHDRAWN], date(2024, 10, 1), "withdrawn"),
    ([GIVEN, replace(WITHDRAWN, status="proposed")], date(2024, 9, 1), "open"),
    (STORY, date(2024, 5, 19), "open"),
    (STORY, date(2024, 5, 20), "interim"),
    ([GIVEN, INTERIM], date(2024, 10, 1), "overdue"),
    (STORY, date(2024, 9, 20), "reported"),
    (STORY, date(2025, 6, 3), "closed"),
    ([GIVEN, APPROVED], date(2024, 10, 1), "reported"),
    # "Delrapporten godkänns": what is approved is the interim report
    ([GIVEN, INTERIM, replace(APPROVED, document="b", day=INTERIM.day)], date(2024, 6, 1), "interim"),
    ([GIVEN, replace(CLOSED, status="proposed")], date(2025, 6, 3), "closed"),
    ([GIVEN, CLOSED, replace(CLOSED, kind="not_closed", day=date(2025, 7, 1))], date(2025, 8, 1), "overdue"),
    # an event nobody dated counts from the last day that is known
    ([GIVEN, replace(REPORTED, day=None, basis="unknown")], date(2024, 4, 21), "unknown"),
    ([GIVEN, replace(REPORTED, day=None, basis="unknown")], date(2024, 4, 22), "reported"),
]


@pytest.mark.parametrize(("events", "day", "state"), CASES)
def test_states(events: list[Event], day: date, state: str) -> None:
    assert standing(events, day).state == state
    assert standing(list(reversed(events)), day).state == state


def test_what_was_reported_and_what_was_accepted_are_kept_apart() -> None:
    on_the_day = standing(STORY, date(2024, 9, 20))
    assert (on_the_day.reported, on_the_day.accepted, on_the_day.accepted_status) == (date(2024, 9, 20), "approved", "proposed")
    assert on_the_day.gaps == ("ställningstagandet är bara föreslaget: beslutet inte hittat till och med 2024-09-20",)
    after = standing(STORY, date(2024, 9, 28))
    assert (after.accepted_day, after.accepted_status, after.gaps) == (date(2024, 9, 28), "decided", ())


def test_gaps_are_said_and_never_filled() -> None:
    late = standing([replace(GIVEN, status="cited", basis="printed")], date(2024, 12, 11))
    assert late.state == "overdue"
    assert late.gaps == ("beslutet som gav uppdraget finns inte i arkivet", "ingen återrapport hittad till och med 2024-12-11")
    assert late.reported is None
    undated = standing([replace(GIVEN, deadline_first=None, deadline_last=None, deadline_raw="skyndsamt")], date(2024, 12, 11))
    assert (undated.state, undated.deadline_raw, undated.gaps[-1]) == ("open", "skyndsamt", "ingen tidsfrist med dag")


def test_a_retelling_may_be_the_first_to_print_the_deadline() -> None:
    told = Event("cited", "cited", date(2024, 11, 1), "meeting", "z", deadline_last=date(2024, 9, 30))
    assert (
        standing([replace(GIVEN, deadline_last=None, deadline_first=None, deadline_raw=None), told], date(2024, 10, 5)).state == "overdue"
    )
