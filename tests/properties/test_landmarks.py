"""What is found by the one pass over a document is what a search of its own finds, whatever the text."""

from __future__ import annotations

import re

from hypothesis import example, given, settings

from extractors import dates, persons, references
from extractors.bodies import Bodies
from rules.ruleset import load_rules
from tests.properties.test_mentions import TEXTS

RULES = load_rules()
BODIES = Bodies(RULES, next(iter(RULES.organisations)))
SETTINGS = settings(max_examples=300, deadline=None)


@SETTINGS
@given(TEXTS)
@example("İORDFÖRANDE, i\u0307 ordförande")
@example("Styrelse- och nämndnivå, -nämnden ABs SEKAB AB, kommunstyrelsens arbetsutskott")
def test_bodies(text: str) -> None:
    RULES.landmarks.of("")
    alone = BODIES.find(text)
    RULES.landmarks.of(text)
    assert BODIES.find(text) == alone
    low, high = len(text) // 5, len(text) - len(text) // 4
    there = BODIES.find(text, low, high)
    RULES.landmarks.of("")
    assert BODIES.find(text, low, high) == there


@SETTINGS
@given(TEXTS)
@example("Maj, MAJ, mAj, maj1, maj1a, sommaj, v. 12, H1 kv3 kv3x juniÅ")
def test_words_that_begin_a_date(text: str) -> None:
    grammar = dates._grammar(RULES)
    word = re.compile(r"[^\W\d_]{1,16}(?:[1-4](?![\w]))?")
    expected = {
        (match.start(), printed)
        for printed in grammar.starts.keys() & set(word.findall(text))
        for match in re.finditer(re.escape(printed), text)
        if not text[match.start() - 1 : match.start()].isalpha() and not text[match.end() : match.end() + 1].isalpha()
    }
    found = list(dates._leading_words(text, grammar))
    assert sorted(at for at, _ in found) == sorted(at for at, _ in expected)
    for at, candidates in found:
        assert any(grammar.starts[printed] is candidates for there, printed in expected if there == at)


@SETTINGS
@given(TEXTS)
def test_literals_that_anchor_a_rule(text: str) -> None:
    for rules in (references._grammar(RULES).rules, persons._grammar(RULES).rules):
        found = {literal: list(places) for literal, places in rules._places(text)}
        assert found == {literal: [at for at in range(len(text)) if text.startswith(literal, at)] for literal in rules.anchors}
