"""When, and back to whom: one sentence, one answer."""

from __future__ import annotations

import pytest

from extractors.assemble import extract
from extractors.model import Assignment, FileStatus, Reading
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.laid_out import lay_out


def _assignment(task: str) -> Assignment:
    text = f"Kommunstyrelsen\nProtokoll 2024-03-12\n\n§ 4 Museet\n# Beslut\n1. Kulturnämnden får i uppdrag att {task}"
    (found,) = extract(Reading("0" * 64, "x.pdf", FileStatus.READ, lay_out(text)), load_rules(NO_ORGANISATION)).assignments
    return found


@pytest.mark.parametrize(
    ("task", "last", "report"),
    [
        ("öppna museet senast den 31 maj 2024.", "2024-05-31", []),
        ("öppna museet senast 2024-05-31.", "2024-05-31", []),
        ("senast den 31 maj öppna museet.", "2024-05-31", []),
        ("öppna museet senast augusti 2024.", "2024-08-31", []),
        ("öppna museet senast kvartal 3 2024.", "2024-09-30", []),
        ("öppna museet före utgången av 2024.", "2024-12-31", []),
        ("öppna museet före årsskiftet 2024/2025.", "2024-12-31", []),
        ("utreda frågan. Uppdraget ska återrapporteras till kommunstyrelsen senast den 31 maj 2024.", "2024-05-31", ["Kommunstyrelsen"]),
        ("utreda frågan och återkomma till kommunfullmäktige i maj 2024.", "2024-05-31", ["Kommunfullmäktige"]),
        ("utreda frågan. Utredningen ska redovisas för kommunstyrelsen den 14 maj 2024.", "2024-05-14", ["Kommunstyrelsen"]),
        ("utreda frågan, uppdraget redovisas i kulturnämnden senast den 14 maj 2024.", "2024-05-14", ["Kulturnämnden"]),
        (
            "utreda frågan.\n2. Uppdraget ska återrapporteras till kommunstyrelsen senast den 31 maj 2024.",
            "2024-05-31",
            ["Kommunstyrelsen"],
        ),
    ],
)
def test_a_last_day_and_a_receiver(task: str, last: str, report: list[str]) -> None:
    found = _assignment(task)
    assert [d.last.isoformat() for d in found.deadlines if d.last] == [last]
    assert [p.name for p in found.report_to] == report


@pytest.mark.parametrize(
    "task",
    [
        "öppna museet skyndsamt.",
        "löpande redovisa besöken.",
        "redovisa besöken i samband med delårsbokslutet per augusti.",
        "från och med 2025 öppna museet på söndagar.",
    ],
)
def test_no_day_is_invented(task: str) -> None:
    found = _assignment(task)
    assert found.deadlines
    assert all(d.last is None or d.kind in ("event", "report") for d in found.deadlines)


@pytest.mark.parametrize(
    "task",
    [
        "teckna hyresavtal att gälla senast från 1 juni 2024 och tills vidare.",
        "se över regeln om att svar lämnas senast 20 dagar efter det att ansökan kom in.",
        "publicera riktlinjerna (senast reviderade 2024-02-01).",
        "följa upp planen som antogs den 4 april 2022.",
        "utreda frågan utifrån prognosen per april 2024.",
    ],
)
def test_days_that_bind_nobody(task: str) -> None:
    assert [d for d in _assignment(task).deadlines if d.last is not None] == []


def test_the_year_and_how_it_was_found() -> None:
    (deadline,) = _assignment("öppna museet senast den 31 maj.").deadlines
    assert (deadline.last.isoformat() if deadline.last else None, deadline.basis) == ("2024-05-31", "meeting")
