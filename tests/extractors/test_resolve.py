"""Short forms to bodies: by the heading, the meeting, the sentence, the document."""

from __future__ import annotations

import pytest

from extractors.assemble import extract
from extractors.model import Extraction, FileStatus, Reading
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.laid_out import lay_out


def _extract(text: str) -> Extraction:
    return extract(Reading("0" * 64, "x.pdf", FileStatus.READ, lay_out(text)), load_rules(NO_ORGANISATION))


@pytest.mark.parametrize(
    ("meeting", "sentence", "assigner", "assignee"),
    [
        ("Kulturnämnden", "Nämnden ger kulturchefen i uppdrag att rusta scenen.", "Kulturnämnden", "Kulturchefen"),
        ("Kulturnämnden", "Kulturchefen får i uppdrag att rusta scenen.", "Kulturnämnden", "Kulturchefen"),
        ("Regionstyrelsen", "Styrelsen uppdrar åt regiondirektören att rusta sjukhuset.", "Regionstyrelsen", "Regiondirektören"),
        ("Kommunfullmäktige", "Fullmäktige ger kommunstyrelsen i uppdrag att rusta torget.", "Kommunfullmäktige", "Kommunstyrelsen"),
    ],
)
def test_the_body_that_meets(meeting: str, sentence: str, assigner: str, assignee: str) -> None:
    (found,) = _extract(f"{meeting}\nProtokoll 2024-03-12\n\n§ 4 Ett ärende\n# Beslut\n{sentence}").assignments
    assert [p.name for p in found.assigner] == [assigner]
    assert [p.name for p in found.assignees] == [assignee]


def test_inferred_says_from_what() -> None:
    (found,) = _extract(
        "Kulturnämnden\nProtokoll 2024-03-12\n\n§ 4 Scen\n# Beslut\nKulturchefen får i uppdrag att rusta scenen."
    ).assignments
    (assigner,) = found.assigner
    assert assigner.raw is None
    assert assigner.basis == "meeting"
    (assignee,) = found.assignees
    assert (assignee.raw, assignee.basis) == ("Kulturchefen", "printed")


def test_an_abbreviation_the_document_explains() -> None:
    text = (
        "Tjänsteskrivelse\n2024-02-20\nTill Regionstyrelsen\n\n# Bakgrund\nAnsvaret är patientnämndens (PAN).\n"
        "Regionstyrelsen gav den 12 december 2023 PAN i uppdrag att föreslå en kortare väntan."
    )
    (found,) = _extract(text).assignments
    assert [p.name for p in found.assignees] == ["Patientnämnden"]


def test_a_body_is_never_inferred_to_have_told_itself() -> None:
    text = "Kulturnämnden\nProtokoll 2024-03-12\n\n§ 4 Scen\n# Bakgrund\nI budget 2024 fick kulturnämnden i uppdrag att rusta scenen."
    (found,) = _extract(text).assignments
    assert [p.name for p in found.assignees] == ["Kulturnämnden"]
    assert "Kulturnämnden" not in [p.name for p in found.assigner]


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Samtliga nämnder och förvaltningar", ["Samtliga nämnder", "Samtliga förvaltningar"]),
        ("Socialnämnderna Nord, Mitt och Syd", ["Socialnämnden Nord", "Socialnämnden Mitt", "Socialnämnden Syd"]),
        ("Kulturnämnden, Ekvalla Energi AB och fritidsnämnden", ["Kulturnämnden", "Ekvalla Energi AB", "Fritidsnämnden"]),
    ],
)
def test_each_party_of_a_list_stands_on_its_own_words(printed: str, names: list[str]) -> None:
    extraction = _extract(
        f"Kommunfullmäktige\nProtokoll 2024-03-12\n\n§ 4 Ett ärende\n# Beslut\n1. {printed} får i uppdrag att rusta torget."
    )
    (found,) = extraction.assignments
    assert [p.name for p in found.assignees] == names
    for party in found.assignees:
        assert party.span is not None
        assert extraction.document.text[party.span.start : party.span.end] == party.raw
