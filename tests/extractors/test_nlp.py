"""The spaCy pipeline of a sentence: its components, what they leave on the Doc, and the quick looks before it."""

from __future__ import annotations

import pytest
from spacy.language import Language

from extractors.bodies import Bodies
from extractors.model import Span
from extractors.nlp import CONFIG, build, finder, knows
from rules.ruleset import load_rules
from rules.schema import MARK_CLOSE, MARK_OPEN


@pytest.fixture(scope="module")
def nlp() -> Language:
    rules = load_rules()
    jamtland = next(o for o in rules.organisations if o.id == "jamtland-harjedalen")
    return build(rules, Bodies(rules, jamtland))


def test_pipeline_is_what_its_configuration_says(nlp: Language) -> None:
    assert nlp.lang == "sv"
    assert nlp.pipe_names == list(CONFIG)


def test_slots_are_spans_of_the_doc(nlp: Language) -> None:
    doc = nlp("Regionstyrelsen ger regiondirektören i uppdrag att i samverkan med HSN se över jouren.")
    slots = {(s.label_, s.text) for s in doc.spans["slots"]}
    assert {("assigner", "Regionstyrelsen"), ("assignee", "regiondirektören"), ("partner", "HSN")} <= slots
    assert any(label == "task" and text.startswith("i samverkan med HSN") for label, text in slots)


def test_names_the_organisation_knows_are_marked_with_what_they_mean(nlp: Language) -> None:
    doc = nlp("Rapportering till RS och HSN i maj, dnr RSK 12.")
    assert [(s.text, s.label_) for s in doc.spans["names"]] == [("RS", "Regionstyrelsen"), ("HSN", "Hälso- och sjukvårdsnämnden")]


@pytest.mark.parametrize(("printed", "known"), [("HSN", True), ("regiondirektören och RS", True), ("RSK", False), ("nämnden", False)])
def test_what_the_folder_knows_is_told_by_tokens(nlp: Language, printed: str, known: bool) -> None:
    assert knows(nlp, printed) is known


def test_without_a_folder_nothing_is_known() -> None:
    rules = load_rules()
    assert not knows(build(rules, Bodies(rules, None)), "HSN")


def test_frames_have_the_offsets_of_the_text_they_were_read_in(nlp: Language) -> None:
    text = "Rapporten godkänns. Nämnden får i uppdrag att spara."
    found = finder(nlp).find(text, Span(20, len(text)))
    assert [text[f.anchor.start : f.anchor.end] for f in found] == ["i uppdrag"]
    assert text[found[0].task.start : found[0].task.end] == "spara."


def test_a_trigger_never_fires_where_the_quick_look_sees_nothing(nlp: Language) -> None:
    """Each example of each trigger passes the two quick looks: the literals it needs, and the stem a block is chosen by."""
    rules = load_rules()
    stem, calls, duty = (rules.grammar(f"{name}_stem") for name in ("trigger", "calls", "duty"))
    telling = [rules.grammar(name) for name in ("shall_stem", "comes_back_stem", "should_stem", "reports_stem", "lets_stem")]
    for trigger in rules.language.frames.trigger:
        if trigger.voice in ("table", "headed"):
            continue
        for example in trigger.examples:
            plain = example.replace(MARK_OPEN, "").replace(MARK_CLOSE, "")
            if trigger.voice == "shall":
                assert any(quick.search(plain) for quick in telling), (trigger.id, plain)
                continue
            assert stem.search(plain) or calls.search(plain), (trigger.id, plain)
            assert finder(nlp).may_hold(plain, Span(0, len(plain))) or duty.search(plain), (trigger.id, plain)
