"""Persons: signature blocks, front pages, movers and officers; never a body."""

# ruff: noqa: E501 - one sentence a line is what makes the tables readable

from __future__ import annotations

import pytest

from extractors.persons import find_persons
from rules.ruleset import load_rules
from tests.extractors.marked_up import document_of, parse

CASES = [
    # a signature block: the name above, the role below, twice
    "I tjänsten|<person role='Regiondirektör'>Karin Ström</person>|Regiondirektör|<person role='Tf direktör Ledning och stöd'>Per Lind</person>|Tf direktör Ledning och stöd",
    "<person role='Ordförande'>Asta Ek</person>|ordförande|<person role='Vice ordförande'>Olof af Berg</person>|vice ordförande",
    # name and role on one line
    "<person role='Förvaltningschef'>Karin Ström</person>, förvaltningschef|Bilagor",
    # movers with their party
    "<person role='M'>Axel Berg</person> (M) och <person role='SD'>Jörgen Fors</person> (SD) yrkar bifall till yrkande från M, D och KD.",
    "Motion av <person role='MP'>Anna-Karin von Platen Ek</person> (MP) om laddplatser",
    # the chair has a role and a party
    "Ordföranden <person role='Ordförande'>Jonas Ek</person> (S) yrkar avslag. På förslag av ordföranden <person role='Ordförande'>Asta Ek</person> (V):",
    # front pages: label before, on the same line, the line above, or glued
    "Sekreterare <person role='Sekreterare'>Karin Ström</person>|Handläggare: <person role='Handläggare'>Per Lind</person>",
    "Sekreterare|<person role='Sekreterare'>Karin Ström</person>|Paragrafer",
    "Utses att justera<person role='Utses att justera'>Isabel Holm</person>",
    # officers in running text
    "Regiondirektören <person role='Regiondirektör'>Karin Ström</person> informerar om läget.",
    # bodies, abbreviations and headings are none
    "kommunallagen (KL), Ekvalla Kommun (EK), Socialnämnden Norra (SN), Yrkande från (S)",
    "Ekonomidirektör, Regionstabschef, Ekonomicontroller",
    "Kommunstyrelsen|Ordförande|Beslut",
    "Göteborgs Stad|Direktör",
    # a recipient without a role is no person
    "Beslutet skickas till|Karin Ström",
]  # fmt: skip


@pytest.mark.parametrize("marked", CASES)
def test_persons(marked: str) -> None:
    text, marks = parse(marked)
    persons = find_persons(document_of(text), load_rules())
    assert [(p.name, p.role) for p in persons] == [(m.text, m.values["role"]) for m in marks]
    assert [(p.span.start, p.span.end) for p in persons] == [(m.start, m.end) for m in marks]


def test_every_rule_finds_its_own_examples() -> None:
    rules = load_rules()
    for rule in rules.language.persons.rule:
        for example in rule.examples:
            plain = example.replace("⟦", "").replace("⟧", "")
            assert find_persons(document_of(plain), rules), plain
