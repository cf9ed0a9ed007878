"""Neighbouring ways to say the same: each construction with other verbs, word orders, tenses and forms of list, of bodies nobody knows."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from extractors.assemble import extract
from extractors.model import Assignment, FileStatus, Reading
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.laid_out import lay_out

BOARD = "Hamnnämnden\nSammanträdesprotokoll     2025-05-14     1 (9)\n\n"
PLACES = {
    "alone": "",
    "board": BOARD,
    "decision": f"{BOARD}§ 31 Kajerna\n\n# Beslut\n",
    "retold": f"{BOARD}§ 31 Kajerna\n\n# Beslut\nRapporten läggs till handlingarna.\n\n# Bakgrund\n",
    "letter": "Hamnkontoret\nTjänsteskrivelse     2025-04-02\n\nHamnnämnden\n\n## Kajerna\n\n",
}
"""Where the text of a case stands."""


@dataclass(frozen=True)
class Case:
    """A wording, its place, and what is told in it: a line for each assignment; with whom it is done, where a case asks that."""

    where: str
    text: str
    told: tuple[str, ...]
    partners: tuple[str, ...] | None


def _cases() -> list[Case]:
    read = tomllib.loads((Path(__file__).parent / "variants.toml").read_text(encoding="utf-8"))["case"]
    return [Case(c["in"], c["text"].strip("\n"), tuple(c.get("told", ())), tuple(c["partners"]) if "partners" in c else None) for c in read]


def _line(a: Assignment) -> str:
    names = [";".join(p.name for p in parties) for parties in (a.assigner, a.assignees)]
    days = ";".join(d.last.isoformat() for d in a.deadlines if d.last is not None)
    return " | ".join([a.status, *names, days, ";".join(p.name for p in a.report_to)])


def _found(text: str) -> list[Assignment]:
    found = extract(Reading("0" * 64, "x.pdf", FileStatus.READ, lay_out(text)), load_rules(NO_ORGANISATION)).assignments
    return [a for a in found if a.act == "assignment" and a.duplicate_of is None]


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.text[:60])
def test_said_otherwise(case: Case) -> None:
    found = _found(PLACES[case.where] + case.text)
    assert [_line(a) for a in found] == list(case.told)
    if case.partners is not None:
        assert [p.name for a in found for p in a.partners] == list(case.partners)


def test_there_are_cases_of_both_kinds() -> None:
    assert len([c for c in _cases() if c.told]) >= 30
    assert len([c for c in _cases() if not c.told]) >= 12


@pytest.mark.parametrize(
    "opener",
    [
        "Nämnderna får följande uppdrag:",
        "Nämnder och styrelse ges nedanstående uppdrag:",
        "Följande uppdrag lämnas till nämnderna:",
        "Ge nämnderna följande särskilda uppdrag:",
    ],
)
@pytest.mark.parametrize("name", ["{}", "{}:", "# {}"])
@pytest.mark.parametrize("mark", ["–", "•", "a)"])
def test_points_under_the_names_of_those_told(opener: str, name: str, mark: str) -> None:
    first, second = name.format("Kommunstyrelsen"), name.format("Vård- och omsorgsnämnden och utbildningsnämnden")
    then = "b)" if mark == "a)" else mark
    text = (
        "Kommunfullmäktige\nSammanträdesprotokoll     2024-11-25     1 (9)\n\n§ 52 Budget 2025\n\n# Kommunfullmäktiges beslut\n"
        f"1. Skattesatsen fastställs till 22:14.\n2. {opener}\n\n{first}\n"
        f"{mark} Upprätta en lokalplan. Planen ska vara beslutad före utgången av juni 2025.\n{then} Öppna en dialog med regionen.\n\n"
        f"{second}\n{mark} Pröva samordnade måltider.\n\n3. Ramen är högst 12 mnkr."
    )
    assert [_line(a) for a in _found(text)] == [
        "decided | Kommunfullmäktige | Kommunstyrelsen | 2025-06-30 | ",
        "decided | Kommunfullmäktige | Kommunstyrelsen |  | ",
        "decided | Kommunfullmäktige | Vård- och omsorgsnämnden;Utbildningsnämnden |  | ",
    ]


@pytest.mark.parametrize(
    "own",
    [
        "Hamnnämnden beslutar för egen del och under förutsättning av kommunfullmäktiges beslut enligt ovan",
        "Hamnnämnden beslutar för egen del:",
        "Hamnnämnden beslutar för egen del, under förutsättning att fullmäktige beslutar enligt ovan, att",
        "För egen del beslutar hamnnämnden",
    ],
)
def test_own_part_below_a_proposal(own: str) -> None:
    text = (
        f"{PLACES['decision']}Hamnnämnden föreslår kommunfullmäktige besluta\n\n1. att anta planen\n\n"
        f"2. att kommunstyrelsen får i uppdrag att bygga en pir.\n\n{own}\n\n"
        "3. att hamnchefen får i uppdrag att mäta djupet\n\n4. att avsätta 2 mnkr."
    )
    assert [_line(a) for a in _found(text)] == [
        "proposed | Kommunfullmäktige | Kommunstyrelsen |  | ",
        "decided | Hamnnämnden | Hamnchefen |  | ",
    ]
