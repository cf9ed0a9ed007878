"""What is one assignment and what is not: by what is printed first, by wording where that is missing, never against a contradiction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.threads import JOINS, Decision, Link, Place, Record, Threads, compare, contradict, join, keys
from extractors.wording import Wording
from rules.ruleset import load_rules

WORDING = Wording.of(load_rules())
BOARD, HEAD = frozenset({"regionstyrelsen"}), frozenset({"regiondirektören"})
MARCH = date(2024, 3, 12)

GIVEN = Record(
    "given", "assignment", "minutes", 100, "Region Ljusmark", "decided",
    "ta fram en samlad handlingsplan för en ekonomi i balans med åtgärder om 90 mnkr", BOARD, HEAD, Place(MARCH, "§ 41", "1"), MARCH,
    frozenset({"rs 2024/113"}), date(2024, 10, 15),
)  # fmt: skip
CITED = replace(
    GIVEN, address="cited", document="letter", status="cited", words="ta fram en samlad handlingsplan för en ekonomi i balans",
    place=Place(MARCH, "§ 41"), day=date(2024, 9, 1), diaries=frozenset({"rs 2024/300"}), deadline=None,
)  # fmt: skip
PROPOSED = replace(
    GIVEN, address="proposed", document="proposal", status="proposed", place=Place(), day=date(2024, 2, 20), diaries=frozenset(),
)  # fmt: skip
BARE = replace(CITED, address="bare", document="report", place=Place(), diaries=frozenset())
REPORT = Record(
    "report", "report", "extract", 10, "Region Ljusmark", "decided", "Redovisning av uppdrag om handlingsplan för en ekonomi i balans",
    frozenset(), frozenset(), Place(), date(2024, 12, 3), frozenset({"rs 2024/113"}), None,
)  # fmt: skip

PAIRS: list[tuple[Record, Record, str | None, bool]] = [
    # (one, other, rule, joins)
    (GIVEN, CITED, "link.paragraph", True),
    (GIVEN, replace(CITED, place=Place(MARCH, "§ 41", "1")), "link.point", True),
    # another point of the same §, however alike the words
    (GIVEN, replace(CITED, place=Place(MARCH, "§ 41", "2")), None, False),
    (GIVEN, replace(CITED, place=Place(MARCH, "§ 42")), None, False),
    (GIVEN, replace(CITED, place=Place(MARCH + timedelta(1), "§ 41")), None, False),
    # only the day is printed
    (GIVEN, replace(CITED, place=Place(MARCH)), "link.day", True),
    # the § is right and the words are of something else: another point of it, perhaps
    (GIVEN, replace(CITED, words="köpa in nya bussar till stadstrafiken"), None, False),
    (GIVEN, PROPOSED, "link.wording", True),
    (GIVEN, BARE, "link.wording", True),
    # a proposal after the decision is a new one
    (GIVEN, replace(PROPOSED, day=date(2024, 4, 1)), None, False),
    # a retelling before the giving
    (GIVEN, replace(BARE, day=date(2024, 1, 1)), None, False),
    (GIVEN, replace(BARE, assigners=frozenset({"regionfullmäktige"})), None, False),
    (GIVEN, replace(BARE, assignees=frozenset({"fastighetsnämnden"})), None, False),
    (GIVEN, replace(BARE, day=date(2028, 9, 1)), None, False),
    # another deadline: perhaps moved, perhaps another one: for a person to say
    (GIVEN, replace(BARE, deadline=date(2025, 6, 30)), "link.wording", False),
    (GIVEN, REPORT, "link.diary_number", True),
    (REPORT, replace(REPORT, address="other"), None, False),
    # organisations
    (GIVEN, replace(CITED, organisation="Almsjö kommun"), None, False),
    (GIVEN, replace(CITED, organisation=None), "link.paragraph", True),
    (replace(GIVEN, organisation=None), replace(BARE, organisation=None), "link.wording", False),
    (GIVEN, replace(GIVEN, address="copy", status="proposed", duplicate_of="given"), "link.same_point", True),
    # two points of one decision
    (GIVEN, replace(GIVEN, address="next", place=Place(MARCH, "§ 41", None), order=900), None, False),
]


@pytest.mark.parametrize(("one", "two", "rule", "joins"), PAIRS)
def test_pairs(one: Record, two: Record, rule: str | None, joins: bool) -> None:
    link, back = compare(one, two, WORDING), compare(two, one, WORDING)
    assert link == back
    assert (link.rule if link else None) == rule
    assert (link is not None and link.confidence >= JOINS) is joins
    if link is not None:
        assert keys(one, WORDING) & keys(two, WORDING), "A pair that is one assignment shares no key: it would never be compared."


def test_the_evidence_is_what_is_printed() -> None:
    link = compare(GIVEN, replace(CITED, place=Place(MARCH, "§ 41", "1")), WORDING)
    assert link is not None
    assert (link.record, link.other) == ("cited", "given")
    assert link.evidence.startswith("utskrivet regionstyrelsen 2024-03-12 § 41 punkt 1; orden lika till ")


def test_a_thread_of_five_documents() -> None:
    records = [GIVEN, CITED, PROPOSED, BARE, REPORT]
    found = _joined(records)
    assert [t.id for t in found.threads] == ["given"]
    assert [r.address for r in found.threads[0].records] == ["proposed", "given", "cited", "bare", "report"]


def test_a_report_alone_is_no_thread_and_an_assignment_alone_is() -> None:
    assert [t.id for t in _joined([GIVEN, replace(REPORT, diaries=frozenset(), words="Yttrande")]).threads] == ["given"]


def test_two_decisions_are_not_joined_by_one_retelling_of_either() -> None:
    """The surer link wins, and the other is refused, not dropped in silence."""
    next_year = replace(
        GIVEN, address="next", document="later", place=Place(date(2025, 3, 11), "§ 30", "1"), day=date(2025, 3, 11), diaries=frozenset()
    )
    told = replace(BARE, day=date(2025, 9, 1), deadline=GIVEN.deadline)
    found = _joined([GIVEN, next_year, told])
    assert len(found.threads) == 2
    assert sorted(found.standings.values()).count("joined") == 1


def test_people_are_heard_first() -> None:
    link = compare(GIVEN, CITED, WORDING)
    assert link is not None
    cut = join([GIVEN, CITED], [link], [Decision("cited", "given", "cut")])
    assert len(cut.threads) == 2
    assert cut.standings == {("cited", "given"): "cut"}
    other = replace(GIVEN, address="other", document="elsewhere", place=Place(date(2024, 5, 14), "§ 77"), day=date(2024, 5, 14))
    made = join([GIVEN, other], [], [Decision("given", "other", "make")])
    assert len(made.threads) == 1
    assert made.standings == {("given", "other"): "made"}
    crossing = join([GIVEN, replace(other, organisation="Almsjö kommun")], [], [Decision("given", "other", "make")])
    assert len(crossing.threads) == 2


def test_a_cut_holds_however_else_they_hang_together() -> None:
    records = [GIVEN, CITED, BARE]
    links = _links(records)
    assert len(join(records, links).threads) == 1
    found = join(records, links, [Decision("bare", "given", "cut")])
    assert len(found.threads) == 2
    assert all(not {"bare", "given"} <= {r.address for r in t.records} for t in found.threads)


def _links(records: list[Record]) -> list[Link]:
    return [link for one, two in combinations(records, 2) if (link := compare(one, two, WORDING)) is not None]


def _joined(records: list[Record]) -> Threads:
    return join(records, _links(records))


TASKS = [
    "ta fram en samlad handlingsplan för en ekonomi i balans",
    "ta fram en handlingsplan för ekonomi i balans med åtgärder",
    "utreda förutsättningarna för nattbussar på linje 40",
    "utreda lokalerna för vårdcentralen i Hedevik",
]
DAYS = [date(2024, 3, 12), date(2024, 5, 14), date(2025, 3, 11)]


@st.composite
def made(draw: st.DrawFn) -> Record:
    number, day, of = draw(st.integers(0, 40)), draw(st.sampled_from(DAYS)), draw(st.sampled_from([1, 2]))
    status, point = draw(st.sampled_from(["decided", "proposed", "cited"])), draw(st.sampled_from([None, "1", "2"]))
    place = {"proposed": Place(), "decided": Place(day, f"§ {of}", point), "cited": Place(DAYS[0], None, point)}[status]
    words, organisation = draw(st.sampled_from(TASKS)), draw(st.sampled_from(["A", "B", None]))
    deadline, diaries = draw(st.sampled_from([None, date(2024, 12, 31)])), frozenset({f"n{of}"})
    document = f"d{number % 5}"
    return Record(f"r{number}", "assignment", document, number, organisation, status, words, BOARD, HEAD, place, day, diaries, deadline)


def _shape(found: Threads) -> list[tuple[str, list[str]]]:
    return [(t.id, [r.address for r in t.records]) for t in found.threads]


@settings(max_examples=150, deadline=None)
@given(st.lists(made(), max_size=14, unique_by=lambda r: r.address), st.randoms(use_true_random=False))
def test_threads_hold_nothing_that_cannot_be_one_and_no_order_matters(records: list[Record], random: object) -> None:
    found = _joined(records)
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = _joined(shuffled)
    assert [(t.id, [r.address for r in t.records]) for t in found.threads] == [
        (t.id, [r.address for r in t.records]) for t in again.threads
    ]
    assert found.standings == again.standings
    everywhere = [r.address for t in found.threads for r in t.records]
    assert sorted(everywhere) == sorted(r.address for r in records)
    for thread in found.threads:
        assert len({r.organisation for r in thread.records} - {None}) <= 1
        assert not any(contradict(one, two) for one, two in combinations(thread.records, 2))
