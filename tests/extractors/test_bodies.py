"""Names of bodies: finding, splitting, base form."""

from __future__ import annotations

import pytest

from extractors.bodies import Bodies
from rules.ruleset import NO_ORGANISATION, load_rules


@pytest.fixture(scope="module")
def bodies() -> Bodies:
    return Bodies(load_rules(NO_ORGANISATION), None)


@pytest.mark.parametrize(
    ("printed", "parties"),
    [
        ("samtliga nämnder och förvaltningar", ["samtliga nämnder", "samtliga förvaltningar"]),
        ("berörda nämnder, styrelser och bolag", ["berörda nämnder", "berörda styrelser", "berörda bolag"]),
        ("Äldre samt vård- och omsorgsnämnden", ["Äldre samt vård- och omsorgsnämnden"]),
        ("Kretslopp och vattennämnden", ["Kretslopp och vattennämnden"]),
        ("Idrotts- och föreningsnämnden", ["Idrotts- och föreningsnämnden"]),
        ("Nämnden för demokrati och medborgarservice", ["Nämnden för demokrati och medborgarservice"]),
        ("nämnden för Vård & Omsorg", ["nämnden för Vård & Omsorg"]),
        (
            "Kommunstyrelsen, Miljö- och klimatnämnden samt Ekvalla Energi AB",
            ["Kommunstyrelsen", "Miljö- och klimatnämnden", "Ekvalla Energi AB"],
        ),
        (
            "regionstyrelsen, hälso- och sjukvårdsnämnden och kollektivtrafiknämnden",
            ["regionstyrelsen", "hälso- och sjukvårdsnämnden", "kollektivtrafiknämnden"],
        ),
        ("socialnämnderna Nord, Mitt och Syd", ["socialnämnden Nord", "socialnämnden Mitt", "socialnämnden Syd"]),
        ("A-nämnden, B-nämnden, C-nämnden och D-nämnden, E-nämnden samt F-nämnden", [f"{c}-nämnden" for c in "ABCDEF"]),
        ("kommundirektören", ["kommundirektören"]),
        ("", []),
    ],
)
def test_split(bodies: Bodies, printed: str, parties: list[str]) -> None:
    assert bodies.split(printed) == parties


@pytest.mark.parametrize(
    ("printed", "base"),
    [
        ("regionstyrelsens", "Regionstyrelsen"),
        ("hälso- och sjukvårdsnämndens", "Hälso- och sjukvårdsnämnden"),
        ("kommunfullmäktiges", "Kommunfullmäktige"),
        ("regiondirektörens", "Regiondirektören"),
        ("Förvaltnings AB Insjön", "Förvaltnings AB Insjön"),
        ("socialnämnd Centrum", "Socialnämnd Centrum"),
    ],
)
def test_base_form(bodies: Bodies, printed: str, base: str) -> None:
    assert bodies.base_form(printed) == base


def test_find_takes_what_belongs_to_a_name(bodies: Bodies) -> None:
    text = "Vid hälso- och sjukvårdsnämndens möte sade Ekvalla Energi AB, socialnämnd Centrum och Direktören för parkförvaltningen ja."
    found = bodies.find(text)
    assert [n.raw for n in found] == [
        "hälso- och sjukvårdsnämndens",
        "Ekvalla Energi AB",
        "socialnämnd Centrum",
        "Direktören för parkförvaltningen",
    ]
    assert all(text[n.span.start : n.span.end] == n.raw for n in found)


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("i samverkan med Förvaltnings AB Insjön och Higab AB", ["Förvaltnings AB Insjön", "Higab AB"]),
        ("Försäkrings AB Bla Bla får svara", ["Försäkrings AB Bla Bla"]),
        ("Ekvalla Energi AB Sammanfattning", ["Ekvalla Energi AB"]),
    ],
)
def test_a_company_with_its_own_name_behind(bodies: Bodies, text: str, raw: list[str]) -> None:
    assert [n.raw for n in bodies.find(text)] == raw


@pytest.mark.parametrize("text", ["Lokalerna är kalla.", "Det är styrt av lagen.", "Vi har nämnt detta.", ""])
def test_find_nothing(bodies: Bodies, text: str) -> None:
    assert bodies.find(text) == []


@pytest.mark.parametrize(
    ("raw", "yes"),
    [("regiondirektören", True), ("Ekvalla & Co AB", True), ("Förskolorna Kotten och Grankojan", True), ("", False), ("det", False)],
)
def test_is_party(bodies: Bodies, raw: str, yes: bool) -> None:
    assert bodies.is_party(raw) is yes


@pytest.mark.parametrize(
    ("printed", "rest", "partners"),
    [
        ("Byggnadsnämnden, i samverkan med berörda nämnder,", "Byggnadsnämnden", "berörda nämnder"),
        ("Kommunstyrelsen tillsammans med Higab AB", "Kommunstyrelsen", "Higab AB"),
        ("Kommunstyrelsen", "Kommunstyrelsen", ""),
    ],
)
def test_partners_are_apart(bodies: Bodies, printed: str, rest: str, partners: str) -> None:
    assert bodies.partners(printed) == (rest, partners)


def test_an_abbreviation_is_no_body_where_a_number_follows() -> None:
    rules = load_rules("jamtland-harjedalen")
    known = Bodies(rules, rules.organisations[[o.id for o in rules.organisations].index("jamtland-harjedalen")])
    assert [n.raw for n in known.find("RS beslutar i ärende RS 552-2025 och RS/121/2023.")] == ["RS"]
