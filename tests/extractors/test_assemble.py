"""From a reading to an extraction: what is joined, counted, marked as the same, and left to a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.assemble import extract
from extractors.model import Extraction, FileStatus, Page, Reading
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.laid_out import lay_out

PLACE = "Kommunstyrelsen\nProtokoll 2024-03-12\n\n§ 4 Museet\n"


def _reading(pages: tuple[Page, ...]) -> Reading:
    return Reading("0" * 64, "x.pdf", FileStatus.READ, pages)


def _extract(text: str) -> Extraction:
    return extract(_reading(lay_out(text)), load_rules(NO_ORGANISATION))


def test_a_page_without_text_is_an_issue() -> None:
    pages = lay_out(f"{PLACE}# Beslut\nPlanen antas.")
    extraction = extract(_reading((*pages, Page(2, 595, 842, (), "none", "ingen text i filen"))), load_rules(NO_ORGANISATION))
    assert [(i.code, i.page) for i in extraction.issues] == [("page_unread", 2)]
    assert extraction.status == "partial"


def test_an_impossible_date_is_an_issue_and_the_rest_stands() -> None:
    extraction = _extract(f"{PLACE}# Beslut\nKulturnämnden får i uppdrag att öppna museet senast 2024-09-31.")
    assert [i.code for i in extraction.issues] == ["impossible_date"]
    assert "2024-09-31" in extraction.issues[0].message
    assert len(extraction.assignments) == 1


def test_proposal_and_decision_of_one_point_are_one() -> None:
    point = "1. Kulturnämnden får i uppdrag att öppna museet på söndagar."
    first, second = _extract(f"{PLACE}# Förslag till beslut\n{point}\n\n# Beslut\n{point}").assignments
    by_status = {a.status: a for a in (first, second)}
    assert set(by_status) == {"proposed", "decided"}
    assert by_status["proposed"].duplicate_of == by_status["decided"].key
    assert by_status["decided"].duplicate_of is None


def test_keys_survive_what_is_printed_around_and_tell_copies_apart() -> None:
    point = "1. Kulturnämnden får i uppdrag att öppna museet på söndagar."
    alone = _extract(f"{PLACE}# Beslut\n{point}").assignments[0].key
    moved = (
        _extract(f"Kommunstyrelsen\nProtokoll 2024-03-12\n\n§ 3 Annat\n# Beslut\nEn plan antas.\n\n§ 4 Museet\n# Beslut\n{point}")
        .assignments[0]
        .key
    )
    assert alone == moved
    keys = [a.key for a in _extract(f"{PLACE}# Beslut\n{point}\n\n§ 5 Museet igen\n# Beslut\n{point}").assignments]
    assert len(keys) == len(set(keys)) == 2
    assert keys[0] == alone


def test_the_text_is_the_point_and_includes_the_task() -> None:
    extraction = _extract(f"{PLACE}# Beslut\n1. Kulturnämnden får i uppdrag att säga upp hyres-\navtalet för magasinet.")
    (found,) = extraction.assignments
    assert found.text == "Kulturnämnden får i uppdrag att säga upp hyresavtalet för magasinet."
    assert found.task in found.text
    assert extraction.document.text[found.task_span.start : found.task_span.end].startswith("säga upp hyresavtalet")
    assert extraction.document.paragraphs[found.paragraph].number == "§ 4"


def test_amounts_of_the_task_are_the_assignments() -> None:
    (found,) = _extract(f"{PLACE}# Beslut\nKulturnämnden får i uppdrag att bygga en scen för 2,5 mnkr.").assignments
    assert [int(a.sek) for a in found.amounts] == [2_500_000]


def test_what_was_inferred_costs_confidence() -> None:
    (sure,) = _extract(f"{PLACE}# Beslut\nKommunstyrelsen ger kulturnämnden i uppdrag att öppna museet.").assignments
    (unsure,) = _extract("Ge kulturnämnden i uppdrag att öppna museet.").assignments
    assert 0.0 <= unsure.confidence < sure.confidence <= 1.0
    assert unsure.needs_review
    assert sure.needs_review is None


def test_every_paragraph_has_an_outcome() -> None:
    extraction = _extract(
        f"{PLACE}# Beslut\nKulturnämnden får i uppdrag att öppna museet.\n\n"
        "§ 5 Bro\n# Beslut\nPlanen antas.\n\n§ 6 Rapport\nRapporten föredras."
    )
    assert extraction.outcomes == ("assignments", "decision", "no_decision")


def test_lines_may_lose_their_word_edges_and_still_have_boxes() -> None:
    """A reader that knows no words gives one edge a line; boxes are then whole lines."""
    pages = lay_out(f"{PLACE}# Beslut\nKulturnämnden får i uppdrag att öppna museet.")
    bare = tuple(replace(p, lines=tuple(n._replace(words=(n.x0,)) for n in p.lines)) for p in pages)
    extraction = extract(_reading(bare), load_rules(NO_ORGANISATION))
    assert extraction.document.boxes(extraction.assignments[0].span)


@pytest.mark.parametrize("organisation", [None, NO_ORGANISATION])
def test_no_name_of_an_organisation_is_needed(organisation: str | None) -> None:
    text = f"{PLACE}# Beslut\nÅterbruksnämnden får i uppdrag att senast den 31 maj 2024 redovisa sorteringen för kommunstyrelsen."
    (found,) = extract(_reading(lay_out(text)), load_rules(organisation)).assignments
    assert [p.name for p in found.assignees] == ["Återbruksnämnden"]
    assert [p.name for p in found.report_to] == ["Kommunstyrelsen"]
    assert [str(d.last) for d in found.deadlines] == ["2024-05-31"]


def test_without_a_word_of_assigning_it_is_less_sure() -> None:
    """ "X ska V" is an assignment because it stands in a decision: less sure than "X får i uppdrag att V", and no matter for a look."""
    place = "Socialnämnden\nProtokoll 2024-03-12\n\n§ 3 Köer\n# Beslut\n"
    told, plain = (
        _extract(f"{place}1. Socialchefen {words} kötiderna senast den 14 maj 2024.").assignments[0]
        for words in ("ska redovisa", "får i uppdrag att redovisa")
    )
    assert [p.name for p in told.assignees] == [p.name for p in plain.assignees] == ["Socialchefen"]
    assert 0.6 < told.confidence < plain.confidence
    assert told.needs_review is None


def _told(text: str) -> list[tuple[object, ...]]:
    return [
        (a.status, [p.name for p in a.assigner], [p.name for p in a.assignees], a.done, a.task)
        for a in _extract(f"{PLACE}# Beslut\n{text}").assignments
    ]


@pytest.mark.parametrize(
    ("text", "assigner"),
    [
        (
            "1. Uppdraget ”Kulturnämnden får i uppdrag att öppna museet.” från Ekstads budget 2020 förklaras därmed fullgjort.",
            "Kommunfullmäktige",
        ),
        ("1. Uppdraget ”Kulturnämnden får i uppdrag att öppna museet” ur kommunens budget 2020 förklaras fullgjort.", "Kommunfullmäktige"),
        ("1. Kommunfullmäktiges uppdrag ”Kulturnämnden får i uppdrag att öppna museet” förklaras fullgjort.", "Kommunfullmäktige"),
        (
            "1. Uppdraget ”Kulturnämnden får i uppdrag att öppna museet”, givet av tekniska nämnden 2020-05-12 § 33, anses fullgjort.",
            "Tekniska nämnden",
        ),
    ],
)
def test_a_quoted_assignment_ends_with_its_quotation_and_is_whose_it_says(text: str, assigner: str) -> None:
    assert _told(text) == [("cited", [assigner], ["Kulturnämnden"], True, "öppna museet")]


def test_a_quotation_may_begin_with_the_task() -> None:
    (told,) = _told("1. Uppdraget ”att öppna museet på söndagar”, givet av kommunfullmäktige 2020-05-12 § 33, förklaras fullgjort.")
    assert told[:2] == ("cited", ["Kommunfullmäktige"])
    assert told[3:] == (True, "öppna museet på söndagar")


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Socialnämnderna Norr, Väst och Syd, samt äldre samt vård- och omsorgsnämnden",
         ["Socialnämnden Norr", "Socialnämnden Väst", "Socialnämnden Syd", "Äldre samt vård- och omsorgsnämnden"]),
        ("Socialnämnderna Norr och Syd samt kulturnämnden", ["Socialnämnden Norr", "Socialnämnden Syd", "Kulturnämnden"]),
        ("Socialnämnderna Norr och Syd, samt hälso- och sjukvårdsnämnden",
         ["Socialnämnden Norr", "Socialnämnden Syd", "Hälso- och sjukvårdsnämnden"]),
    ],
)  # fmt: skip
def test_what_follows_boards_of_one_head_is_a_board_of_its_own(printed: str, names: list[str]) -> None:
    (assignment,) = _extract(f"{PLACE}# Beslut\n1. {printed} får i uppdrag att ta fram en plan.").assignments
    assert [p.name for p in assignment.assignees] == names


@pytest.mark.parametrize(
    ("text", "task"),
    [
        (
            "Kulturnämndens uppdrag att tillse att stöd till scener inte anses som inkomst.",
            "tillse att stöd till scener inte anses som inkomst",
        ),
        ("Kulturnämndens uppdrag att bygga en scen anses därmed vara fullgjort.", "bygga en scen"),
        ("Uppdraget till kulturnämnden att sälja scenen avbryts.", "sälja scenen"),
    ],
)
def test_a_retold_task_ends_before_what_is_decided_of_it(text: str, task: str) -> None:
    (told,) = _told(f"1. {text}")
    assert told[-1] == task


def test_a_quotation_of_two_sentences_is_told_as_one() -> None:
    text = (
        "Kulturnämndens uppdrag att laga taket. Uppdraget ”Kulturnämnden får i uppdrag att inte driva kafé där andra gör det. Nämnden ska"
        " pröva om driften ska vara kvar i egen regi” från Ekstads budget 2020 förklaras därmed fullgjort. Kulturnämndens uppdrag att bygga"
        " en scen."
    )
    told = [entry for entry in _told(text) if "kafé" in str(entry[-1]) or "egen regi" in str(entry[-1])]
    assert [entry[:4] for entry in told] == [("cited", ["Kommunfullmäktige"], ["Kulturnämnden"], True)] * 2
    assert [entry[-1] for entry in told] == ["inte driva kafé där andra gör det", "pröva om driften ska vara kvar i egen regi"]


def test_a_name_in_quotation_marks_ends_no_task() -> None:
    (told,) = _told("1. Kulturnämnden får i uppdrag att ta fram ”Plan för museet” samt öppna det på söndagar.")
    assert told[-1] == "ta fram ”Plan för museet” samt öppna det på söndagar"


def test_an_assignment_named_among_the_papers_of_a_matter_is_none() -> None:
    assert not _told("1. Samlingsärende – återrapportering av kommunfullmäktiges uppdrag till Ekstads Parkerings AB, några rapporter samt"
                     " en lägesbeskrivning, i enlighet med bilaga 1 till kontorets tjänsteutlåtande, antecknas.")  # fmt: skip
    assert _told("1. Kommunfullmäktiges uppdrag till Ekstads Parkerings AB att bygga ett garage, antecknas och förklaras fullgjort.")


@pytest.mark.parametrize(
    ("text", "partners"),
    [
        ("i samarbete med skolnämnden och i samverkan med civilsamhället ta fram en plan", ["Skolnämnden", "Civilsamhället"]),
        ("tillsammans med skolnämnden, i dialog med tekniska nämnden, ta fram en plan", ["Skolnämnden", "Tekniska nämnden"]),
        ("i samarbete med skolnämnden ta fram en plan och i dialog med tekniska nämnden genomföra den", ["Skolnämnden"]),
    ],
)
def test_partners_are_named_one_after_another(text: str, partners: list[str]) -> None:
    (assignment,) = _extract(f"{PLACE}# Beslut\n1. Kulturnämnden får i uppdrag att {text}.").assignments
    assert [p.name for p in assignment.partners] == partners
