"""The loader: every rule is proven, and what does not hold is refused with a sentence that names it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rules import ruleset
from rules.ruleset import NO_ORGANISATION, RuleError, load_rules
from rules.schema import MARK_OPEN, Pattern, expand


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the rule files that a test may break."""
    for folder in ("sv", "organisations"):
        shutil.copytree(ruleset.HERE / folder, tmp_path / folder)
    return tmp_path


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r} any more"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_rules_hold() -> None:
    assert ruleset.check() == []


def test_every_pattern_has_an_example_with_its_match_marked() -> None:
    unmarked = [p.id for p in load_rules().language.frames.trigger if not any(MARK_OPEN in e for e in p.examples)]
    assert unmarked == []


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        # an example that its pattern no longer matches
        ("sv/frames.toml", "Kommunstyrelsen får ⟦i uppdrag⟧ att utreda", "Kommunstyrelsen får ⟦utreda⟧", "frame.i_uppdrag"),
        # a counterexample that it does match
        ("sv/frames.toml", '"i uppdraget ingår", ', '"får i uppdrag", ', "frame.i_uppdrag: matches its counterexample"),
        # an unknown key
        ("sv/frames.toml", 'id = "frame.i_uppdrag"', 'id = "frame.i_uppdrag"\ncolour = "red"', "frames.toml"),
        # a rule without a proof
        ("sv/status.toml", 'examples = ["⟦Enligt förslag⟧"', 'exampels = ["⟦Enligt förslag⟧"', "status.toml"),
        # two rules of one name
        ("sv/status.toml", 'id = "status.own_part"', 'id = "status.decides"', "two rules have this id"),
        # a known damage that is mended otherwise than its proof says
        ("sv/damage.toml", 'signs = ["$"]', 'signs = ["#"]', "none of its signs stands in"),
        ("sv/damage.toml", '["$62", "§62"]', '["$62", "S62"]', "damage.section_sign_as_dollar"),
        # no TOML at all
        ("sv/kinds.toml", "[[rule]]", "[[rule", "kinds.toml"),
        # an abbreviation that means two bodies
        ("organisations/jamtland-harjedalen/organisation.toml", 'short = ["RF"]', 'short = ["RS"]', "means both"),
        # an id that is not the folder's
        ("organisations/goteborg/organisation.toml", 'id = "goteborg"', 'id = "boras"', "not the folder's name"),
    ],
)
def test_a_rule_that_does_not_hold_is_refused_by_name(copy: Path, file: str, old: str, new: str, told: str) -> None:
    _edit(copy / file, old, new)
    assert any(told in problem for problem in ruleset.check(copy)), ruleset.check(copy)


def test_a_pattern_is_proven_on_the_marked_part() -> None:
    pattern = Pattern(id="test.day", pattern=r"\d{1,2} maj", examples=["den ⟦2 maj⟧ 2023"], counterexamples=["den 2 mars"])
    assert pattern.problems({}) == []
    wider = Pattern(**pattern.model_dump() | {"pattern": r"den \d{1,2} maj"})
    assert wider.problems({}) == ["test.day: matches ['den 2 maj'] instead of the marked part of 'den ⟦2 maj⟧ 2023'"]


def test_letters_are_the_letters_of_swedish_names() -> None:
    assert expand(r"[\p{Lu}-]\p{Ll}", {}) == "[A-ZÅÄÖÉÈÜÁÀÆØ-][a-zåäöéèüáàæø]"


@pytest.mark.parametrize(("macros", "told"), [({}, "unknown macro"), ({"a": "${a}"}, "nested too deeply")])
def test_a_macro_that_is_missing_or_holds_itself_is_an_error(macros: dict[str, str], told: str) -> None:
    with pytest.raises(RuleError, match=told):
        expand("${a}", macros)


def test_fingerprint_names_exactly_these_rules(copy: Path) -> None:
    before = load_rules(None, copy).fingerprint
    load_rules.cache_clear()
    assert load_rules(None, copy).fingerprint == before
    assert load_rules(NO_ORGANISATION, copy).fingerprint != before
    _edit(copy / "sv/status.toml", "What tells given", "What tells  given")
    load_rules.cache_clear()
    assert load_rules(None, copy).fingerprint != before


def test_organisation_is_asked_for_recognised_or_none() -> None:
    text = "Region Jämtland Härjedalen\nTjänsteskrivelse"
    recognised = load_rules().recognise(text)
    assert recognised is not None
    assert recognised.id == "jamtland-harjedalen"
    assert load_rules(NO_ORGANISATION).recognise(text) is None
    asked = load_rules("goteborg").recognise(text)
    assert asked is not None
    assert asked.id == "goteborg"


def test_an_organisation_that_is_not_there_is_an_error_that_lists_those_that_are() -> None:
    with pytest.raises(RuleError, match="there are: goteborg, jamtland-harjedalen"):
        load_rules("atlantis")


def test_first_gives_the_first_rule_that_matches_and_its_groups() -> None:
    loaded = load_rules()
    found = loaded.first("test.markers", loaded.language.markers.rule, "2. Nämnden")
    assert found is not None
    assert (found[0].id, found[1].group("value")) == ("marker.number", "2")
    assert loaded.first("test.markers", loaded.language.markers.rule, "Nämnden") is None


def test_grammar_is_asked_for_by_name() -> None:
    assert load_rules().grammar("own_part").search("för egen del att")
    with pytest.raises(KeyError):
        load_rules().grammar("no_such_turn")
