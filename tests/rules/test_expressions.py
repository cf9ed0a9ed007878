"""An expression that is told where it may match finds what ``re`` finds, and finds it sooner."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.expressions import expression
from rules.ruleset import load_rules
from rules.schema import MARK_CLOSE, MARK_OPEN

RULES = load_rules()
EXPRESSIONS = [RULES.regex(pattern) for pattern in RULES.language.patterns]
EXAMPLES = [e.replace(MARK_OPEN, "").replace(MARK_CLOSE, "") for p in RULES.language.patterns for e in [*p.examples, *p.counterexamples]]
SLOW = settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))


def _found(regex: re.Pattern[str], text: str, start: int = 0) -> list[tuple[object, ...]]:
    searched = regex.search(text, start)
    return [*((m.span(), m.groups()) for m in regex.finditer(text)), (searched and searched.span(), regex.sub("*", text))]


@SLOW
@given(st.sampled_from(EXPRESSIONS), st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=3), st.integers(0, 7), st.integers(0, 40))
def test_every_rule_finds_what_re_finds(rule: re.Pattern[str], examples: list[str], how: int, start: int) -> None:
    text = " ".join(examples)
    text = [text, text.upper(), text.lower(), text.replace(" ", "\u00a0"), text.replace("i", "\u0131").replace("s", "\u017f"),
            text.replace("k", "\u212a").replace("å", "\u212b"), text.replace(" ", "\n"), text.replace("1", "\u0661")][how]  # fmt: skip
    assert _found(rule, text, start) == _found(re.compile(rule.pattern, rule.flags), text, start)


@SLOW
@given(st.data(), st.sampled_from(EXPRESSIONS))
def test_no_text_that_a_rule_can_match_is_lost(data: st.DataObject, rule: re.Pattern[str]) -> None:
    text = data.draw(st.from_regex(re.compile(rule.pattern, rule.flags)))
    assert _found(rule, text) == _found(re.compile(rule.pattern, rule.flags), text)


def test_what_a_rule_matches_first_is_found_for_each_of_them() -> None:
    for rule in EXPRESSIONS:
        plain = re.compile(rule.pattern, rule.flags)
        for text in EXAMPLES[::97]:
            assert _found(rule, text) == _found(plain, text), rule.pattern


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [
        (r"\b(?:senast|inför|före)\b", 0),
        (r"(?<!\w)(?:Uppdrag|uppdrag)et?", 0),
        (r",?\s(?:från|till)\b", 0),
        (r"\b(?:till|vid)\s", re.IGNORECASE),
        (r"(?:\d{1,2}|första)\s", 0),
    ],
)
def test_it_is_told_what_re_does_not_see(pattern: str, flags: int) -> None:
    told = expression(pattern, flags)
    assert told != re.compile(pattern, flags), "the code is that of re: nothing was told"
    assert told.pattern == pattern
    assert told.flags == re.compile(pattern, flags).flags


@pytest.mark.parametrize(
    "pattern",
    [
        r"uppdrag\w*",  # re sees a literal
        r"[Uu]ppdrag",  # and a class
        r"\w+uppdrag",  # may begin with any letter
        r"(?:till)?$",  # may be empty
        r"(?:\s|\b)till|.",
    ],
)
def test_it_is_that_of_re_where_there_is_nothing_to_tell(pattern: str) -> None:
    assert expression(pattern) == re.compile(pattern)


def test_what_is_no_expression_is_refused() -> None:
    with pytest.raises(re.error):
        expression("(?:till")


def test_names_of_groups_are_kept() -> None:
    match = expression(r"\b(?P<what>till|vid)\s(?P<whom>\w+)").search("redovisas till nämnden")
    assert match is not None
    assert match.groupdict() == {"what": "till", "whom": "nämnden"}
    assert match.lastgroup == "whom"
