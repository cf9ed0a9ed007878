"""The body of a meeting a reference points to: named before it, inside it, or the giver of what it is the source of."""

from __future__ import annotations

import pytest

from extractors.assemble import extract
from extractors.model import FileStatus, Reading
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.laid_out import lay_out

HEAD = ("Region Norrmark", "Regionstyrelsen", "Protokoll", "Sammanträdesdatum 2024-03-12")


def normalized(text: str) -> set[str]:
    reading = Reading("0" * 64, "protokoll.pdf", FileStatus.READ, lay_out(f"§ 12\nLokaler\n# Ärendet\n{text}", head=HEAD))
    return {r.normalized for r in extract(reading, load_rules(NO_ORGANISATION)).references}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Se regionstyrelsen 2023-05-02 § 62.", "RS 2023-05-02 § 62"),
        ("Frågan avgjordes av regionfullmäktige den 14 november 2023, § 118.", "RF 2023-11-14 § 118"),
        ("Enligt kulturnämndens beslut den 9 maj 2023, § 40, gäller taxan.", "Kulturnämnden 2023-05-09 § 40"),
        # the sentence names the giver, and that is whose § it is
        (
            "Vid mötet den 9 maj 2023, § 40, gav kulturnämnden kulturchefen i uppdrag att se över taxan.",
            "Kulturnämnden 2023-05-09 § 40",
        ),
        ("Vid kulturnämndens sammanträde den 30–31 maj 2023 togs frågan upp.", "Kulturnämnden 2023-05-30/31"),
        # nobody is named: the day alone
        ("Frågan avgjordes 2023-05-02 § 62.", "2023-05-02 § 62"),
        # a body of another clause is not whose § it is
        ("Kulturnämnden har fått en skrivelse om vad som sägs i 2023-05-02 § 62.", "2023-05-02 § 62"),
    ],
)
def test_body_of_a_reference(text: str, wanted: str) -> None:
    assert wanted in normalized(text)


def test_the_paragraphs_of_these_minutes_have_no_day() -> None:
    assert "§ 12" in normalized("Frågan bordläggs.")
