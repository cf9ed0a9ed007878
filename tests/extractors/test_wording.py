"""Two wordings of one task are alike in any inflection and with compounds taken apart; two tasks of one matter are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.wording import Wording
from rules.ruleset import load_rules

WORDING = Wording.of(load_rules())

ALIKE = [
    # another ending of every word
    ("utreda förutsättningarna för nattbussar på linje 40", "utredning av förutsättningar för nattbuss på linje 40"),
    # a compound taken apart
    ("minska kostnaderna för inhyrd personal", "kostnadsminskningar för inhyrd personal"),
    # a retelling that leaves out the deadline and the reporting
    (
        "senast den 30 april 2024 införa en gemensam rutin för anställningsprövning i samtliga förvaltningar",
        "införa en gemensam rutin för anställningsprövning",
    ),
    # a misprint in a long word
    ("ta fram en kompetensförsörjningsplan för staden", "ta fram en kompetensförsöjningsplan för staden"),
]
UNLIKE = [
    ("utreda förutsättningarna för nattbussar på linje 40", "utreda lokalerna för vårdcentralen i Hedevik"),
    ("ta fram en plan för fossilfria fordon", "ta fram en modell för stöd till lanthandlare"),
    ("minska kostnaderna för inhyrd personal", "återkomma med förslag till taxa för bygglov"),
]


@pytest.mark.parametrize(("one", "two"), ALIKE)
def test_alike(one: str, two: str) -> None:
    assert WORDING.likeness(one, two).score >= 0.75


@pytest.mark.parametrize(("one", "two"), UNLIKE)
def test_unlike(one: str, two: str) -> None:
    assert WORDING.likeness(one, two).score < 0.45


def test_stems_leave_out_small_words_and_keep_numbers() -> None:
    assert WORDING.stems("utreda förutsättningarna för en gemensam kundtjänst 2024") == (
        "utred",
        "förutsätt",
        "gemensam",
        "kundtjäns",
        "2024",
    )
    assert WORDING.stems("") == ()
    assert WORDING.likeness("", "utreda").score == 0


@given(st.text("abcdeåäö 12", max_size=60), st.text("abcdeåäö 12", max_size=60))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, two: str) -> None:
    there, back = WORDING.likeness(one, two), WORDING.likeness(two, one)
    assert (there.of_first, there.of_second) == (back.of_second, back.of_first)
    assert 0 <= there.score <= 1
    assert WORDING.likeness(one, one).score in (0, 1)
