"""What a document is and whose it is, from its head."""

from __future__ import annotations

import pytest

from extractors.assemble import extract
from extractors.model import FileStatus, Reading
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.laid_out import lay_out

_BELOW = "\n\n§ 12 Kajerna\n\n# Beslut\nFörvaltningschefen får i uppdrag att se över kajerna senast den 1 december 2003.\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Socialnämnden i Ekfors kommun", "Socialnämnden"),
        ("Ekfors kommun – Socialnämnden", "Socialnämnden"),
        ("Ekfors kommun | Kommunstyrelsen | 2003-10-07", "Kommunstyrelsen"),
        ("Kommunstyrelsen     Sammanträdesdatum     Blad\n2003-10-07     11", "Kommunstyrelsen"),
        ("EKFORS KOMMUN     SAMMANTRÄDESPROTOKOLL\nKommunstyrelsen     Sammanträdesdatum 2003-10-07", "Kommunstyrelsen"),
        ("Protokoll från kommunstyrelsens sammanträde den 7 oktober 2003", "Kommunstyrelsen"),
        ("Protokoll fört vid sammanträde med socialnämnden i Ekfors den 7 oktober 2003", "Socialnämnden"),
        ("UTDRAG ur protokoll fört vid sammanträde med kommunstyrelsen den 7 oktober 2003", "Kommunstyrelsen"),
        ("Sammanträde 2003-10-07 med Tekniska nämnden", "Tekniska nämnden"),
        ("Barn- och utbildningsnämndens arbetsutskott     PROTOKOLL", "Barn- och utbildningsnämndens arbetsutskott"),
        ("Barn-, utbildnings- och kulturnämnden", "Barn-, utbildnings- och kulturnämnden"),
        ("VÅRD- OCH OMSORGSNÄMNDEN     SAMMANTRÄDESPROTOKOLL     2003-10-07", "Vård- och omsorgsnämnden"),
        ("Hälso- och sjukvårdsnämnden, Region Ekfors\nProtokoll 2003-10-07", "Hälso- och sjukvårdsnämnden"),
        ("Ekfors kommun\nProtokoll 2003-10-07\nTill kommunfullmäktige", None),
    ],
)
def test_whose_minutes_they_are(head: str, body: str | None) -> None:
    found = extract(Reading("0" * 64, "x.pdf", FileStatus.READ, lay_out(head + _BELOW)), load_rules(NO_ORGANISATION))
    assert found.meta.body == body
    assert [[p.name for p in a.assigner] for a in found.assignments] == [[body] if body else []]


def test_the_board_of_a_committee_is_meant_by_its_bare_name() -> None:
    text = (
        "Barn- och utbildningsnämndens arbetsutskott\nProtokoll 2003-10-07\n\n§ 12 Lokaler\n\n# Förslag till beslut\n"
        "Nämnden ger utbildningschefen i uppdrag att se över lokalerna.\n"
    )
    found = extract(Reading("0" * 64, "x.pdf", FileStatus.READ, lay_out(text)), load_rules(NO_ORGANISATION))
    assert [[p.name for p in a.assigner] for a in found.assignments] == [["Barn- och utbildningsnämnden"]]
