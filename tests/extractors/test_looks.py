"""The extraction is the same with and without the quick looks: all that a look may change is how long it takes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from extractors import mentions
from extractors.assemble import extract
from extractors.mentions import Anchored
from rules.ruleset import load_rules
from rules.shortlists import Landmarks, Shortlist, SpanShortlist
from tests.extractors.cases import cases
from tests.extractors.unseen import JUDGED, documents


def _every(self: Shortlist[Any] | SpanShortlist[Any], *_: object) -> list[tuple[Any, re.Pattern[str]]]:
    return list(self.rules)


@pytest.mark.as_python
def test_nothing_is_lost_by_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = [d.document.reading(d.name) for d in (*documents(), *documents(JUDGED), *cases())]
    rules = load_rules()
    quick = [extract(reading, rules) for reading in readings]
    monkeypatch.setattr(Shortlist, "of", _every)
    monkeypatch.setattr(SpanShortlist, "of", _every)
    monkeypatch.setattr(Landmarks, "at_hand", lambda self, text: None)
    for reading, before in zip(readings, quick, strict=True):
        assert extract(reading, rules) == before, reading.name


def _found(text: str) -> list[list[tuple[str, tuple[int, int]]]]:
    rules = load_rules()
    kinds = (rules.language.references.rule, rules.language.persons.rule)
    anchored = [Anchored[Any](kind, rules.language.macros, rules.landmarks) for kind in kinds]
    return [[(rule.id, match.span()) for rule, match in one.matches(text)] for one in anchored]


@pytest.mark.as_python
def test_no_mention_is_lost_by_looking_beside_its_literal(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(line.text for d in (*documents(), *cases()) for page in d.document.reading(d.name).pages for line in page.lines)
    quick = _found(text)
    assert min(map(len, quick)) > 100
    monkeypatch.setattr(mentions, "_near", lambda *_: ())
    monkeypatch.setattr(mentions, "has_digit", lambda _: False)
    monkeypatch.setattr(Landmarks, "places", lambda self, text, literal: [at for at in range(len(text)) if text.startswith(literal, at)])
    assert _found(text) == quick
