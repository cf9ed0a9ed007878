"""Deadlines named by their meeting alone: its month in its name, or the next one, whose day stands elsewhere."""

from __future__ import annotations

import pytest

from extractors.assemble import extract
from extractors.model import Extraction, FileStatus, Reading
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.laid_out import lay_out


def _extract(task: str, after: str = "") -> Extraction:
    text = f"Kulturnämnden\nProtokoll 2024-10-02\n\n§ 4 Museet\n# Beslut\nMuseichefen får i uppdrag att {task}.\n\n{after}"
    return extract(Reading("0" * 64, "x.pdf", FileStatus.READ, lay_out(text)), load_rules(NO_ORGANISATION))


@pytest.mark.parametrize(
    ("task", "last"),
    [
        ("till nämndens decembermöte redovisa kostnaden", "2024-12-31"),
        ("redovisa kostnaden på decembersammanträdet", "2024-12-31"),
        ("redovisa kostnaden vid nämndens majsammanträde", "2025-05-31"),
        ("senast till februarinämnden ta fram en plan", "2025-02-28"),
        ("utreda vad oktobermötet kostade", None),
    ],
)
def test_the_month_of_a_meeting(task: str, last: str | None) -> None:
    (found,) = _extract(task).assignments
    assert [str(d.last) for d in found.deadlines] == ([last] if last else [])


@pytest.mark.parametrize("told", ["Nästa möte: 4 december 2024", "§ 9 Kommande möten\n4 december 2024, 5 februari 2025", None])
@pytest.mark.parametrize("when", ["till nästa möte", "på nästkommande sammanträde", "vid nämndens nästa möte"])
def test_the_next_one(told: str | None, when: str) -> None:
    (found,) = _extract(f"redovisa kostnaden {when}", told or "").assignments
    assert [str(d.last) for d in found.deadlines] == (["2024-12-04"] if told else [])
    assert [p.name for p in found.report_to] == ["Kulturnämnden"]
