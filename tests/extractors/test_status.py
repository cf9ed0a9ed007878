"""Given, proposed, retold or none of it: the same sentence in different places."""

from __future__ import annotations

import pytest

from extractors.assemble import extract
from extractors.model import Extraction, FileStatus, Reading
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.laid_out import lay_out

SENTENCE = "Kulturnämnden får i uppdrag att öppna museet på söndagar."
PLACE = "Kommunstyrelsen\nProtokoll 2024-03-12\n\n§ 4 Museet\n"


def _extract(text: str) -> Extraction:
    return extract(Reading("0" * 64, "x.pdf", FileStatus.READ, lay_out(text)), load_rules(NO_ORGANISATION))


@pytest.mark.parametrize(
    ("around", "status", "assigner"),
    [
        ("# Beslut\n{}", "decided", "Kommunstyrelsen"),
        ("# Kommunstyrelsens beslut\n{}", "decided", "Kommunstyrelsen"),
        ("# Beslut\nEnligt arbetsutskottets förslag:\n1. {}", "decided", "Kommunstyrelsen"),
        ("# Beslut\nKommunstyrelsen beslutar enligt arbetsutskottets förslag:\n1. {}", "decided", "Kommunstyrelsen"),
        ("# Beslut\nEnligt yrkande från S och V:\n1. {}", "decided", "Kommunstyrelsen"),
        ("# Beslut\nKommunstyrelsen beslutar för egen del:\n1. {}", "decided", "Kommunstyrelsen"),
        ("# Beslut\nKommunstyrelsen föreslår att kommunfullmäktige beslutar:\n1. {}", "proposed", "Kommunfullmäktige"),
        (
            "# Beslut\nKommunstyrelsen tillstyrker förslaget och föreslår att\nkommunfullmäktige beslutar:\n1. {}",
            "proposed",
            "Kommunfullmäktige",
        ),
        ("# Beslut – Förslag till kommunfullmäktige\n1. {}", "proposed", "Kommunfullmäktige"),
        ("# Förslag till beslut\n1. {}", "proposed", "Kommunstyrelsen"),
        ("# Förslag till beslut\n1. {}\n\n# Beslut\nEnligt förslag", "decided", "Kommunstyrelsen"),
    ],
)
def test_the_place_decides(around: str, status: str, assigner: str) -> None:
    (found,) = _extract(PLACE + around.format(SENTENCE)).assignments
    assert (found.status, [p.name for p in found.assigner]) == (status, [assigner])
    assert any(cue.effect == f"status={status}" and cue.why for cue in found.cues)


@pytest.mark.parametrize(
    "around",
    [
        "# Beslut\nMotionen avslås.\n\n# Yrkanden\nEva Ek (S) yrkar att {}",
        "# Beslut\nRapporten antecknas.\n\n# Reservation\nS reserverar sig. {}",
        "# Beslut\nRapporten antecknas.\n\n# Protokollsanteckning\nVi hade hellre sett att {}",
    ],
)
def test_none_of_the_board(around: str) -> None:
    assert _extract(PLACE + around.format(SENTENCE)).assignments == ()


@pytest.mark.parametrize(
    ("sentence", "done"),
    [
        ("Kommunfullmäktiges uppdrag 2022-06-16 § 71 till kulturnämnden att öppna museet antecknas och förklaras fullgjort.", True),
        ("Kommunfullmäktiges uppdrag 2022-06-16 § 71 till kulturnämnden att öppna museet förklaras avslutat.", True),
        ("Kommunfullmäktige gav den 16 juni 2022 kulturnämnden i uppdrag att öppna museet.", None),
    ],
)
def test_retold(sentence: str, done: bool | None) -> None:
    (found,) = _extract(f"{PLACE}# Beslut\n1. {sentence}").assignments
    assert (found.status, found.done) == ("cited", done)
    assert [p.name for p in found.assigner] == ["Kommunfullmäktige"]
    assert [p.name for p in found.assignees] == ["Kulturnämnden"]
    assert found.origin is not None
    assert found.origin.meeting_date is not None
    assert found.origin.meeting_date.isoformat() == "2022-06-16"


def test_what_is_put_aside_keeps_its_reason() -> None:
    extraction = _extract(
        f"{PLACE}# Beslut\nMotionen avslås.\n\n# Yrkanden\nEva Ek (S) yrkar att kulturnämnden får i uppdrag att öppna museet."
    )
    (place,) = extraction.not_assignments
    assert place.reason
    assert place.rule
    assert extraction.document.text[place.span.start : place.span.end] == place.text
