"""The extraction is the same with and without the quick looks: all that a look may change is how long it takes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from extractors.assemble import extract
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
