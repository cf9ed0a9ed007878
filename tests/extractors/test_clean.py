"""Lines that are the text, apart from lines that are the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.clean import clean, mend
from extractors.model import Cell
from rules.ruleset import load_rules
from tests.extractors.laid_out import lay_out


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("enligt $ 57", "enligt § 57"),  # what Tesseract makes of §
        ("får i uppdrag arr se över", "får i uppdrag att se över"),
        ("Regiondirektören får", "Regiondirektören får"),
        ("Parknämnde n redovisar", "Parknämnden redovisar"),
        ("uppdrag ätt utreda", "uppdrag att utreda"),
        ("hälso\u2010 och sjukvårds\u2011", "hälso- och sjukvårds-"),  # a browser's hyphen
    ],
)
def test_known_damage_is_mended(printed: str, read: str) -> None:
    text, pieces = mend(printed, load_rules())
    assert text == read
    assert "".join(run for run, _ in pieces) == read


def test_all_known_damage_is_mended_in_a_line_of_its_own() -> None:
    """Whatever the rules know, by their own examples: nothing before the expression keeps a line from it."""
    rules = load_rules()
    for damage in rules.language.damage.replacement:
        for printed, read in damage.examples:
            assert mend(printed, rules)[0] == read, damage.id


@pytest.mark.parametrize("printed", ["enligt $ 57 och $ 58", "får i uppdrag arr se arr", "mars 2024"])
def test_each_run_keeps_its_place_in_the_printed_line(printed: str) -> None:
    """A run that was not mended is found in the printed line where it says."""
    _, pieces = mend(printed, load_rules())
    places = [at for _, at in pieces]
    assert places == sorted(places)
    assert all(printed[at : at + len(run)] == run or run.strip() in ("§", "att") for run, at in pieces)


def test_heads_and_feet_go_and_are_accounted_for() -> None:
    pages = lay_out(
        "Nämnden beslutar om bidrag.\n===\nFler bidrag.\n===\nÄnnu fler.",
        head=("Ekvalla kommun", "Sida %p (3)"),
        foot=("Justerandes sign Utdragsbestyrkande",),
    )
    cleaned = clean(pages, load_rules())
    assert [entry.text for entry in cleaned.lines] == ["Nämnden beslutar om bidrag.", "Fler bidrag.", "Ännu fler."]
    assert len(cleaned.removed) == 9
    assert all(why.startswith("furniture.") for _, _, why in cleaned.removed)
    assert {(page, index) for page, index, _ in cleaned.removed} == {(e.page, e.number) for e in cleaned.furniture}


def test_a_document_of_one_page_loses_only_what_a_rule_names() -> None:
    pages = lay_out("En rad om vatten.\nEn rad till.", head=("Vattenrådet i Ås",))
    assert "Vattenrådet i Ås" in [entry.text for entry in clean(pages, load_rules()).lines]


def test_a_repeated_line_in_the_middle_of_the_page_stays() -> None:
    body = "Nämnden godkänner rapporten.\n" * 3
    filler = "\n".join(f"Rad {n} av löpande text som fyller sidan." for n in range(12))
    pages = lay_out(f"{filler}\n{body}{filler}\n===\n{filler}\n{body}{filler}")
    assert sum(entry.text == "Nämnden godkänner rapporten." for entry in clean(pages, load_rules()).lines) == 6


def test_spaced_letters_close_up() -> None:
    (entry,) = clean(lay_out("PRO T OK OL L"), load_rules()).furniture  # closed up, it is known for a page head
    assert entry.text == "PROTOKOLL"
    assert [entry.line.text[at : at + len(run)] for run, at in entry.pieces] == [run for run, _ in entry.pieces]


def test_a_body_in_the_head_in_the_middle_of_a_paragraph_is_head() -> None:
    pages = lay_out(
        "Beslut\nNämnden godkänner planen.\n===\nKommunstyrelsen\nProtokoll nr 6\nSammanträdesdatum: 2024-03-12\nPlanen gäller i tre år."
    )
    assert [entry.text for entry in clean(pages, load_rules()).lines] == ["Beslut", "Nämnden godkänner planen.", "Planen gäller i tre år."]


def test_a_page_head_in_a_box_is_head() -> None:
    """The cells of a box at the edge are no table; a table that goes on at the top of a page is one."""
    pages = lay_out(
        "| Bergslags kommun | Socialnämnden |\nNämnden beslutar.\n===\n| Bergslags kommun | Socialnämnden |\n| Utred lokalerna | Pågår |"
    )
    moved = []
    for page in pages:
        lines = [line._replace(top=line.top - 40, bottom=line.bottom - 40, baseline=line.baseline - 40) for line in page.lines]
        moved.append(replace(page, lines=tuple(lines)))
    second = [line._replace(cell=Cell(7, 0, line.cell.column)) if line.cell and line.cell.row else line for line in moved[1].lines]
    moved[1] = replace(moved[1], lines=tuple(second))
    cleaned = clean(tuple(moved), load_rules())
    assert [(entry.text, entry.line.cell is None) for entry in cleaned.lines] == [
        ("Nämnden beslutar.", True),
        ("Utred lokalerna", False),
        ("Pågår", False),
    ]
