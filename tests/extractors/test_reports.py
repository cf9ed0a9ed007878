"""What a sentence says of an assignment: the same words in different places, and words that only look like it."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.assemble import extract
from extractors.model import Extraction, FileStatus, Reading
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.laid_out import lay_out

MINUTES = "Exempelby kommun\nKommunstyrelsen\nProtokoll 2024-03-12\n\n§ 4 {heading}\n{body}"
LETTER = "Tjänsteskrivelse\nDatum 2024-09-02\n\n## {heading}\n# Ärendebeskrivning\n{body}"
REPORTING = "Redovisning av uppdrag om parkeringar"
CITED = "Kommunstyrelsen gav 2023-11-14 § 90 stadsdirektören i uppdrag att ta fram en parkeringsstrategi."
CLOSING = "Redovisning av kommunstyrelsens uppdrag 2023-11-14 § 90 punkt 2 till stadsdirektören, att ta fram en parkeringsstrategi, "

ASSEMBLY = "Kommunfullmäktiges uppdrag 2023-11-14 § 90 till stadsdirektören att ta fram en parkeringsstrategi "


def _extract(text: str) -> Extraction:
    return extract(Reading("0" * 64, "x.pdf", FileStatus.READ, lay_out(text)), load_rules(NO_ORGANISATION))


def _told(extraction: Extraction) -> list[tuple[str, str, bool]]:
    """(kind, status, whether it belongs to an assignment of the document)."""
    return sorted((r.kind, r.status, r.assignment is not None) for r in extraction.reports)


CASES: list[tuple[str, str, list[tuple[str, str, bool]]]] = [
    # one sentence, three things, at the level of the body
    (
        REPORTING,
        f"# Beslut\n1. {CLOSING}antecknas och förklaras fullgjort.",
        [("closed", "decided", True), ("noted", "decided", True), ("reported", "cited", True)],
    ),
    (
        REPORTING,
        f"# Beslut\nKommunstyrelsen föreslår att kommunfullmäktige beslutar:\n1. {ASSEMBLY}förklaras fullgjort.",
        [("closed", "proposed", True)],
    ),
    (REPORTING, f"# Beslut\n1. {CLOSING}antecknas men förklaras inte fullgjort.", None),  # type: ignore[list-item]
    ("Parkeringar", f"# Beslut\n1. {CLOSING}avförs.", [("reported", "cited", True), ("withdrawn", "decided", True)]),
    # "rapporten" is the one on what the § cites
    (
        "Parkeringar",
        f"# Beslut\nKommunstyrelsen lägger rapporten till handlingarna.\n\n# Bakgrund\n{CITED}",
        [("noted", "decided", True)],
    ),
    (
        "Delrapport om parkeringar",
        f"# Beslut\nKommunstyrelsen godkänner delrapporten.\n\n# Bakgrund\n{CITED}",
        [("approved", "decided", True), ("reported_in_part", "cited", True)],
    ),
    # the heading alone says what it is about
    (REPORTING, "# Beslut\nAntecknas.", [("noted", "decided", False)]),
    # nobody has decided it
    (REPORTING, f"# Beslut\nÄrendet bordläggs.\n\n# Yrkanden\nEva Ek (S) yrkar att {CLOSING}förklaras fullgjort.", []),
    ("Parkeringar", f"# Beslut\nPlanen antas.\n\n# Bakgrund\n{CITED} Nämnden fick frågan om uppdraget kan förklaras fullgjort.", []),
    # other reports, other things filed
    ("Månadsrapport februari", "# Beslut\nMånadsrapporten läggs till handlingarna.", []),
    ("Delegationsbeslut", "# Beslut\nRedovisningen av delegationsbeslut läggs till handlingarna.", []),
    ("Årsredovisning", "# Beslut\nÅrsredovisningen godkänns.", []),
    ("Avtal", "# Beslut\nKommunstyrelsen godkänner avtalet.\nDirektören får i uppdrag att avsluta avtalet.", []),
    # time
    (
        "Parkeringar",
        "# Beslut\n1. Tiden för uppdraget 2023-11-14 § 90 att ta fram en parkeringsstrategi förlängs till den 31 december 2024.",
        [("deadline_moved", "decided", True)],
    ),
    (
        REPORTING,
        f"# Beslut\nKommunstyrelsen hemställer att tiden för redovisningen förlängs till den 31 december 2024.\n\n# Bakgrund\n{CITED}",
        [("deadline_moved", "proposed", True)],
    ),
]


@pytest.mark.parametrize(("heading", "body", "wanted"), CASES)
def test_minutes(heading: str, body: str, wanted: list[tuple[str, str, bool]] | None) -> None:
    told = _told(_extract(MINUTES.format(heading=heading, body=body)))
    if wanted is None:  # noted and not closed
        assert ("not_closed", "decided", True) in told
        assert not any(kind == "closed" for kind, _, _ in told)
    else:
        assert told == wanted


def test_the_day_is_the_meeting_s_and_the_place_the_sentence() -> None:
    extraction = _extract(MINUTES.format(heading=REPORTING, body=f"# Beslut\n1. {CLOSING}antecknas och förklaras fullgjort."))
    for report in extraction.reports:
        assert (report.day, report.basis, report.body) == (date(2024, 3, 12), "meeting", "Kommunstyrelsen")
        assert extraction.document.text[report.span.start : report.span.end].startswith("Redovisning av kommunstyrelsens uppdrag")
    (assignment,) = extraction.assignments
    assert assignment.origin is not None
    assert (assignment.origin.meeting_date, assignment.origin.paragraph, assignment.origin.point) == (date(2023, 11, 14), "§ 90", "2")


def test_a_new_deadline_is_the_new_day_and_not_that_of_the_decision() -> None:
    body = (
        "# Beslut\n1. Tiden för uppdraget till stadsdirektören 2023-11-14 § 90 att ta fram en parkeringsstrategi förlängs."
        " Uppdraget ska besvaras senast den 31 december 2024."
    )
    (report,) = _extract(MINUTES.format(heading="Parkeringar", body=body)).reports
    assert (report.kind, report.deadline_last) == ("deadline_moved", date(2024, 12, 31))


def test_a_letter_that_asks_to_have_its_report_approved_is_the_report() -> None:
    body = f"{CITED}\n\n# Förslag till beslut\nKommunstyrelsen godkänner rapporten."
    extraction = _extract(LETTER.format(heading="Parkeringar i centrum", body=body))
    assert _told(extraction) == [("approved", "proposed", True), ("reported", "cited", True)]


def test_what_is_not_there_yet_is_reported_in_part() -> None:
    body = (
        f"{CITED} Vad gäller parkeringsstrategin kan den strategi som stadsdirektören ska ta fram för parkering ännu inte redovisas."
        " En strategi för parkering är ännu inte klar.\n\n# Förslag till beslut\nKommunstyrelsen godkänner rapporten."
    )
    kinds = {r.kind for r in _extract(LETTER.format(heading="Parkeringar i centrum", body=body)).reports}
    assert "reported_in_part" in kinds
    assert "reported" not in kinds


def test_what_is_retold_has_the_day_that_is_printed() -> None:
    """The day of the sentence is that of the report, and of the next assignment, not of the one reported on."""
    body = (
        "På nämndens möte den 23 maj 2024, § 58, återredovisades direktörens uppdrag om att minska kostnaderna (KN/570/2024)."
        " Kulturnämnden beslutade att godkänna rapporten. Men direktören fick också i uppdrag att i september redovisa en uppföljning."
    )
    extraction = _extract(f"Tjänsteskrivelse\nDatum 2024-06-02\n\n## Ekonomi i balans\n# Ärendebeskrivning\n# Kulturnämnden\n{body}")
    assert [(r.kind, r.status, r.day, r.basis) for r in extraction.reports] == [
        ("reported", "cited", date(2024, 5, 23), "printed"),
        ("approved", "cited", date(2024, 5, 23), "printed"),
    ]
    first, second = (a.origin for a in extraction.assignments)
    assert first is not None
    assert second is not None
    assert (first.meeting_date, first.diary_number) == (None, "KN/570/2024")
    assert (second.meeting_date, second.paragraph, second.diary_number) == (date(2024, 5, 23), "§ 58", "KN/570/2024")


def test_each_point_of_a_list_has_its_own_origin() -> None:
    body = (
        "# Beslut\n1. Uppdraget till fastighetschefen att pröva ett larmnummer (KS 2023-06-13 § 79) avförs.\n"
        "2. Uppdraget till stadsdirektören att införa en rutin (KS 2023-03-14 § 41) förklaras fullgjort.\n"
        "3. Uppdraget till näringslivschefen att pröva en gemensam nämnd avslutas."
    )
    extraction = _extract(MINUTES.format(heading="Uppföljning av uppdrag", body=body))
    assert [(a.origin.paragraph if a.origin else None) for a in extraction.assignments] == ["§ 79", "§ 41", None]
    assert _told(extraction) == [("closed", "decided", True), ("closed", "decided", True), ("withdrawn", "decided", True)]


def test_the_day_of_a_letter_is_not_the_day_it_was_given() -> None:
    body = (
        "# Beslut\nKommunstyrelsen tillstyrker förslaget i tjänsteutlåtande den 7 mars 2024 och föreslår att kommunfullmäktige beslutar:\n"
        "1. Nedanstående uppdrag förklaras fullgjorda.\na) Kulturnämndens uppdrag att öppna museet på söndagar."
    )
    extraction = _extract(MINUTES.format(heading="Uppföljning av uppdrag", body=body))
    (assignment,) = [a for a in extraction.assignments if "museet" in a.task]
    assert assignment.origin is not None
    assert assignment.origin.meeting_date is None
    assert [(r.kind, r.status) for r in extraction.reports] == [("closed", "proposed")]
