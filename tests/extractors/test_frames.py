"""Slots by word order: who gives, who is told, what, whatever the names are."""

from __future__ import annotations

import pytest

from extractors.bodies import Bodies
from extractors.frames import Frame, FrameFinder
from extractors.model import Span
from rules.ruleset import NO_ORGANISATION, load_rules


@pytest.fixture(scope="module")
def finder() -> FrameFinder:
    rules = load_rules(NO_ORGANISATION)
    return FrameFinder(rules, Bodies(rules, None))


def _one(finder: FrameFinder, sentence: str) -> Frame:
    frames = [f for f in finder.find(sentence, Span(0, len(sentence))) if f.voice != "duty" and f.rejected is None]
    assert len(frames) == 1, [sentence[f.anchor.start : f.anchor.end] for f in frames]
    return frames[0]


# Names nobody has heard of, so that a list of names could not do it.
@pytest.mark.parametrize(
    ("sentence", "assigner", "assignee", "task"),
    [
        ("Fjällrådet får i uppdrag att räkna renarna.", None, "Fjällrådet", "räkna"),
        ("Fjällrådet ges även i uppdrag att räkna renarna.", None, "Fjällrådet", "räkna"),
        ("Sametinget ger Fjällrådet i uppdrag att räkna renarna.", "Sametinget", "Fjällrådet", "räkna"),
        ("Vid mötet fick därför Fjällrådet i uppdrag att räkna renarna.", None, "Fjällrådet", "räkna"),
        ("I maj gav regionstyrelsen Fjällrådet i uppdrag att räkna renarna.", "regionstyrelsen", "Fjällrådet", "räkna"),
        ("Sametinget uppdrar åt Fjällrådet att räkna renarna.", "Sametinget", "Fjällrådet", "räkna"),
        ("Sametinget beslutar att uppdra till Fjällrådet att räkna renarna.", None, "Fjällrådet", "räkna"),
        ("Fjällrådet uppdras att räkna renarna.", None, "Fjällrådet", "räkna"),
        ("Uppdra till Fjällrådet att räkna renarna.", None, "Fjällrådet", "räkna"),
        ("Ge Fjällrådet i uppdrag att räkna renarna.", None, "Fjällrådet", "räkna"),
        ("Fjällrådet har under våren fått i uppdrag att räkna renarna.", None, "Fjällrådet", "räkna"),
        ("Fjällrådet får fortsatt uppdrag att räkna renarna.", None, "Fjällrådet", "räkna"),
        ("Sametinget ålägger Fjällrådet att räkna renarna.", "Sametinget", "Fjällrådet", "räkna"),
        ("Sametinget har gett Fjällrådet uppdraget att räkna renarna.", "Sametinget", "Fjällrådet", "räkna"),
        ("Fjällrådet får i uppdrag att inte räkna renarna.", None, "Fjällrådet", "inte"),
        ("Fjällrådet, i samverkan med samebyarna, får i uppdrag att räkna renarna.", None, "Fjällrådet", "räkna"),
        ("Fjällrådet får i samverkan med samebyarna i uppdrag att räkna renarna.", None, "Fjällrådet", "räkna"),
    ],
)
def test_slots(finder: FrameFinder, sentence: str, assigner: str | None, assignee: str, task: str) -> None:
    frame = _one(finder, sentence)
    assert (frame.assigner.raw if frame.assigner else None) == assigner
    assert frame.assignee is not None
    assert frame.assignee.raw == assignee
    assert sentence[frame.task.start : frame.task.end].startswith(task)
    for slot in (frame.assigner, frame.assignee, *frame.partners):
        assert slot is None or sentence[slot.span.start : slot.span.end] == slot.raw


@pytest.mark.parametrize("granted", [", beviljas.", " bifalls.", "."])
def test_who_asks_to_be_told_is_told(finder: FrameFinder, granted: str) -> None:
    """And what is decided on the request is no part of the task."""
    sentence = f"Hemställan från Fjällrådet om att få i uppdrag att räkna renarna{granted}"
    frame = _one(finder, sentence)
    assert frame.assignee is not None
    assert frame.assignee.raw == "Fjällrådet"
    assert sentence[frame.task.start : frame.task.end].rstrip(".") == "räkna renarna"


@pytest.mark.parametrize(
    "sentence",
    [
        "Fjällrådet får i uppdrag att, i samverkan med samebyarna, räkna renarna.",
        "Fjällrådet får i uppdrag att tillsammans med samebyarna räkna renarna.",
        "Fjällrådet, i dialog med samebyarna, får i uppdrag att räkna renarna.",
    ],
)
def test_partners_are_not_told(finder: FrameFinder, sentence: str) -> None:
    frame = _one(finder, sentence)
    assert frame.assignee is not None
    assert frame.assignee.raw == "Fjällrådet"


@pytest.mark.parametrize(
    "sentence",
    [
        "Sametinget har inte gett Fjällrådet i uppdrag att räkna renarna.",
        "Fjällrådet har aldrig fått i uppdrag att räkna renarna.",
        "Rapporten är skriven på uppdrag av Sametinget.",
        "I det uppdraget ingår att räkna renarna.",
        "Hon lämnar uppdraget som ledamot i Fjällrådet.",
        "Fjällrådet bemyndigas att räkna renarna.",
        "Fjällrådet får mandat att räkna renarna.",
        "Ordföranden får uppdra åt annan anställd att besluta om renar.",
        "Fjällrådet har till uppgift att räkna renar.",
        "Utredningsuppdraget är klart.",
    ],
)
def test_what_is_no_assignment(finder: FrameFinder, sentence: str) -> None:
    frames = finder.find(sentence, Span(0, len(sentence)))
    assert [f for f in frames if f.voice != "duty" and f.rejected is None] == []


def test_two_givings_in_one_sentence_are_two(finder: FrameFinder) -> None:
    sentence = "Sametinget ger Fjällrådet i uppdrag att räkna renarna och ger Skogsrådet i uppdrag att räkna träden."
    frames = [f for f in finder.find(sentence, Span(0, len(sentence))) if f.voice != "duty"]
    assert [f.assignee.raw for f in frames if f.assignee] == ["Fjällrådet", "Skogsrådet"]
