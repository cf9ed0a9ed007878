"""Words known again with a letter misread, and words that must be left alone."""

from __future__ import annotations

import pytest

from extractors.misprints import Misprints
from rules.ruleset import load_rules


@pytest.fixture(scope="module")
def misprints() -> Misprints:
    return Misprints(load_rules())


@pytest.mark.parametrize(
    ("printed", "right"),
    [
        ("får i uppdraq att", "får i uppdrag att"),  # g read as q
        ("Kommunstyrelscn", "Kommunstyrelsen"),  # e read as c, the capital kept
        ("senast i novernber", "senast i november"),  # m read as rn
        ("ska återredovlsas", "ska återredovisas"),  # i read as l
        ("den 3 0ktober", "den 3 0ktober"),  # a digit first: not a word, and numbers are never mended
        ("har beslutat om", "har beslutat om"),  # a real form beside "beslutar"
        ("styrelsers", "styrelsers"),
        ("uppdragsgivaren", "uppdragsgivaren"),
        ("decembre", "decembre"),  # letters that are no look-alikes
    ],
)
def test_mend(misprints: Misprints, printed: str, right: str) -> None:
    assert misprints.mend(printed) == right


def test_every_listed_word_stays_as_it_is(misprints: Misprints) -> None:
    for word in sorted(misprints.words):
        assert misprints.mend(word) == word
        assert misprints.mend(word.capitalize()) == word.capitalize()
