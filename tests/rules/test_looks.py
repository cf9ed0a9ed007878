"""The quick look before an expression is tried: it may let through what does not match, and never loses what does."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rules.looks import endings, folded, has_digit, look, needed
from rules.ruleset import load_rules
from rules.schema import MARK_CLOSE, MARK_OPEN, Pattern, Replacement
from rules.shortlists import AtEnd, Landmarks, Shortlist, SpanShortlist

RULES = load_rules()
PATTERNS = [(p, RULES.regex(p)) for p in RULES.language.patterns]
EXAMPLES = [e.replace(MARK_OPEN, "").replace(MARK_CLOSE, "") for p, _ in PATTERNS for e in [*p.examples, *p.counterexamples]]
SEARCHED, MATCHED = Shortlist(PATTERNS), Shortlist(PATTERNS, "matched")
LANDMARKS = Landmarks([look(regex) for _, regex in PATTERNS])
IN_SPANS = SpanShortlist(PATTERNS, LANDMARKS)
SLOW = settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))


def _damaged(text: str, how: int) -> str:
    """The text as other print has it: capitals, white space that is no blank, letters that only ``re`` takes for others."""
    made = [text, text.upper(), text.lower(), text.swapcase(), text.replace(" ", "\u00a0"), text.replace(" ", "\n")]
    made += [text.replace("i", "\u0131").replace("s", "\u017f"), text.replace("i", "\u0130").replace("k", "\u212a")]
    return made[how % len(made)]


_PIECES = st.one_of(
    st.tuples(st.sampled_from(EXAMPLES), st.integers(0, 7)).map(lambda drawn: _damaged(*drawn)),
    st.tuples(st.sampled_from(EXAMPLES), st.integers(0, 60), st.integers(0, 60)).map(lambda drawn: drawn[0][drawn[1] : drawn[2]]),
    st.text(max_size=6),
)
_TEXTS = st.lists(_PIECES, min_size=1, max_size=3).map("".join)


def _ids(rules: list[tuple[Pattern, re.Pattern[str]]]) -> list[str]:
    return [rule.id for rule, _ in rules]


def _holds_for(text: str, start: int, end: int) -> None:
    searched, matched, spans = (set(_ids(shown)) for shown in (SEARCHED.of(text), MATCHED.of(text), IN_SPANS.of(text, start, end)))
    for rule, regex in PATTERNS:
        assert rule.id in searched or regex.search(text) is None
        assert rule.id in matched or regex.match(text) is None
        assert rule.id in spans or (regex.search(text, start, end) is None and regex.search(text[start:end]) is None)


@SLOW
@given(_TEXTS, st.integers(0, 200), st.integers(0, 400))
def test_no_rule_is_lost_whatever_the_text(text: str, start: int, length: int) -> None:
    _holds_for(text, min(start, len(text)), min(start + length, len(text)))


@SLOW
@given(st.data(), st.sampled_from(PATTERNS))
def test_no_text_that_a_rule_can_match_is_lost(data: st.DataObject, rule: tuple[Pattern, re.Pattern[str]]) -> None:
    text = data.draw(st.from_regex(rule[1]))
    assume(rule[1].search(text))
    _holds_for(text, 0, len(text))
    assert Shortlist([rule]).of(text)
    assert Shortlist([rule], "in part").of(f"… {text}")
    assert rule[1].match(text) is None or Shortlist([rule], "matched").of(text)
    assert SpanShortlist([rule], LANDMARKS).of(text)
    assert any(word in folded(text) for word in needed([rule[1]]))


@SLOW
@given(st.data(), st.sampled_from(RULES.language.damage.replacement))
def test_a_sign_stands_wherever_a_damage_is(data: st.DataObject, damage: Replacement) -> None:
    text = data.draw(st.from_regex(damage.find))
    assume(re.search(damage.find, text))
    assert any(sign in text for sign in damage.signs)


def test_words_that_are_needed_stand_for_all_expressions() -> None:
    assert needed(map(re.compile, ("(?:Dnr|Diarienummer) \\d", "§ \\d", "Dnr: "))) == ("diarienummer", "dnr", "§")
    assert needed([re.compile("Ärende"), re.compile(".+")]) == ("",)


@pytest.mark.parametrize("how", range(8))
def test_no_example_is_lost_however_it_is_printed(how: int) -> None:
    for example in EXAMPLES[how::24]:
        _holds_for(_damaged(example, how), 0, len(example))


def test_the_rules_that_are_shown_keep_their_order() -> None:
    order = {rule.id: place for place, (rule, _) in enumerate(PATTERNS)}
    for example in EXAMPLES[::5]:
        for shown in (SEARCHED.of(example), MATCHED.of(example), IN_SPANS.of(example)):
            places = [order[one] for one in _ids(shown)]
            assert places == sorted(places)


def test_few_rules_are_left_of_an_ordinary_sentence() -> None:
    """What the look is for: a sentence of minutes may be matched by a small part of the rules."""
    sentence = "Nämnden har under året haft kontakt med flera verksamheter och ser fram emot fortsatt dialog."
    assert len(IN_SPANS.of(sentence)) < len(PATTERNS) / 4
    assert len(MATCHED.of(sentence)) < len(PATTERNS) / 4


@pytest.mark.parametrize(
    ("expression", "clauses"),
    [
        (r"\b[Uu]ppdrag(?:et)?\s", [{"uppdrag ", "uppdraget "}]),
        (r"(?:förklara|anse)s\b[^.]*\bfullgjo", [{"förklaras", "anses"}, {"fullgjo"}]),
        (r"(?<!\w)[a-zåäö]+nämnd(?=en)", [{"nämnd"}]),
        (r"(?:ab)?(?:cd)*[efg]hi+j", [{"eh", "fh", "gh"}]),
        (r"[A-ZÅÄÖ]\w+s?\s*", []),
        ("(?i)§", [{"§"}]),
    ],
)
def test_what_an_expression_needs(expression: str, clauses: list[set[str]]) -> None:
    (way,) = look(re.compile(expression)).ways
    assert sorted(map(sorted, way.clauses)) == sorted(map(sorted, clauses))


def test_alternatives_need_what_each_needs() -> None:
    ways = look(re.compile(r"uppdra\w*[^.]*beslut|teckna\w*[^.]*firma")).ways
    assert [sorted(map(sorted, way.clauses)) for way in ways] == [[["beslut"], ["uppdra"]], [["firma"], ["teckna"]]]


@pytest.mark.parametrize(
    ("expression", "starts", "anchored"),
    [
        (r"^(?:Sida\s)?\d{1,4}$", {"Si", "0"}, True),
        (r"[Bb]eslut", {"Be", "be"}, False),
        (r"(?i:k)", {"k", "K", "\u212a"}, False),
        (r"\w+", {""}, False),
        (r"-?\s(?=\S)", {"- ", " "}, False),
    ],
)
def test_with_what_a_match_begins(expression: str, starts: set[str], anchored: bool) -> None:
    known = look(re.compile(expression))
    assert {start for way in known.ways for start in way.starts} == starts
    assert known.anchored is anchored


def test_a_folded_text_keeps_its_places() -> None:
    assert folded("Får\u00a0i\nUPPDRAG") == "får i uppdrag"
    sighted = Landmarks([look(re.compile("uppdrag"))]).of("\u0130 Uppdrag, UPPDRAG")
    assert sighted.ends == [9, 18]
    assert len(sighted.within(0, 9)) == 1
    assert len(sighted.within(9, 18)) == 1


@SLOW
@given(_TEXTS, st.sampled_from(["uppdrag", "Uppdrag", " uppdrag", "får i ", "§", "20", "Vid pennan"]))
def test_a_literal_is_found_in_all_its_places(text: str, literal: str) -> None:
    marked, unmarked = Landmarks([], also=["uppdrag", "får i ", "vid pennan"]), Landmarks([])
    expected = [at for at in range(len(text)) if text.startswith(literal, at)]
    assert marked.places(text, literal) == unmarked.places(text, literal) == expected


def test_a_stem_without_landmarks_is_refused() -> None:
    with pytest.raises(ValueError, match="without any landmark"):
        SpanShortlist([("any", re.compile(r"\w+"))], LANDMARKS).ends("text")


@SLOW
@given(st.data(), st.sampled_from([(p, regex) for p, regex in PATTERNS if endings(regex) != ("",)]), st.integers(0, 30))
def test_no_end_that_a_rule_can_match_is_lost(data: st.DataObject, rule: tuple[Pattern, re.Pattern[str]], before: int) -> None:
    text = "x" * before + data.draw(st.one_of(st.from_regex(rule[1]), _TEXTS))
    found, plain = AtEnd(rule[1]).search(text), rule[1].search(text)
    assert (found and found.span()) == (plain and plain.span())
    end = max(len(text) - 2, 0)
    found, plain = AtEnd(rule[1]).search(text, before, end), rule[1].search(text, before, end)
    assert (found and found.span()) == (plain and plain.span())


@pytest.mark.parametrize(
    ("expression", "ends"),
    [
        (r"[\wåäö]-\s(?:samt|och)\s$", ("- och ", "- samt ")),
        (r"\bföljande\.$", ("följande.",)),
        (r"(?:och|samt)\s?$", ("och", "och ", "samt", "samt ")),
        (r"(?:och|\d+)$", ("",)),
        (r"och\b", ("",)),
        (r"(?m)och$", ("",)),
    ],
)
def test_with_what_a_match_ends(expression: str, ends: tuple[str, ...]) -> None:
    assert endings(re.compile(expression)) == ends


def test_an_end_is_found_before_a_last_line_feed_and_in_other_print() -> None:
    rule = re.compile(r"[\wåäö]-\s(?:samt|och)\s$", re.IGNORECASE)
    for text in ("hälso- och ", "hälso- och\u00a0", "HÄLSO- OCH ", "hälso- och \n"):
        assert AtEnd(rule).search(text) is not None, text
    assert AtEnd(rule).search("hälso- och sjukvård") is None


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        (r"den [0-9]{1,2} maj", True),
        (r"(?:19|20)[0-9]{2}", True),
        (r"(?:§ [1-9]|punkt [0-9]+)", True),
        (r"(?:§ [1-9]|punkten)", False),
        (r"mötet(?: den [0-9]+)?", False),
        (r"(?=[0-9])\w+", False),
        (r"\d+", False),
    ],
)
def test_whether_a_digit_stands_in_every_match(expression: str, *, holds: bool) -> None:
    assert has_digit(re.compile(expression)) is holds


def test_a_text_is_folded_the_same_whether_it_was_seen_before() -> None:
    for text in ("Ärende\u00a01", "İ ſ ı\tx\ny", "x" * 500 + "Å"):
        first, again = folded(text), folded("".join(text))
        assert first == again
        assert not set(first) & {"\u00a0", "\t", "\n"}
