"""What a decision carries by pointing to it: a mover's addition, a motion or some of its points."""

from __future__ import annotations

import pytest

from extractors.assemble import extract
from extractors.model import Extraction, FileStatus, Reading
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.laid_out import lay_out

PLACE = "Kulturnämnden\nProtokoll 2024-03-12\n\n§ 4 Museet\n"
MOVED = "# Yrkande\nEva Ek (S) {} att museichefen får i uppdrag att öppna på söndagar.\n\n"
MOTION = (
    "# Ärendebeskrivning\nI en motion från Vänsterpartiet föreslås att nämnden beslutar\n"
    "- att museichefen får i uppdrag att öppna på söndagar\n- att museichefen får i uppdrag att sänka priset\n"
    "- att museichefen får i uppdrag att bygga ut\n"
)


def _extract(text: str) -> Extraction:
    return extract(Reading("0" * 64, "x.pdf", FileStatus.READ, lay_out(PLACE + text)), load_rules(NO_ORGANISATION))


@pytest.mark.parametrize("moves", ["yrkar", "yrkar som tillägg", "föreslår som tillägg", "föreslår"])
@pytest.mark.parametrize(
    ("decision", "carried"),
    [
        ("Nämnden beslutar enligt förvaltningens förslag med Eva Eks tillägg.", True),
        ("Enligt Eva Eks yrkande.", True),
        ("Nämnden bifaller Eva Eks tilläggsyrkande.", True),
        ("Nämnden beslutar i enlighet med Eva Eks ändringsförslag samt i övrigt enligt förslaget.", True),
        ("Nämnden beslutar enligt förvaltningens förslag.", False),
        ("Nämnden avslår Eva Eks yrkande.", False),
        ("Nämnden beslutar enligt Bo Bergs yrkande.", False),
    ],
)
def test_what_was_moved(moves: str, decision: str, carried: bool) -> None:
    found = _extract(f"{MOVED.format(moves)}# Beslut\n{decision}").assignments
    assert [(a.status, [p.name for p in a.assigner], [p.name for p in a.assignees]) for a in found] == (
        [("decided", ["Kulturnämnden"], ["Museichefen"])] if carried else []
    )


@pytest.mark.parametrize(
    ("decision", "tasks"),
    [
        ("1. Motionen bifalls i första att-satsen.\n2. Motionen avslås i övrigt.", ["öppna på söndagar"]),
        ("Nämnden bifaller motionens första och tredje att-satser.", ["öppna på söndagar", "bygga ut"]),
        ("Motionen bifalls vad avser punkt 2.", ["sänka priset"]),
        ("Motionen bifalls.", ["öppna på söndagar", "sänka priset", "bygga ut"]),
        ("Motionen avslås.", []),
        ("Motionen anses besvarad.", []),
    ],
)
def test_points_of_a_motion(decision: str, tasks: list[str]) -> None:
    found = _extract(f"# Beslut\n{decision}\n\n{MOTION}").assignments
    assert [a.task for a in found] == tasks
    assert all(a.status == "decided" for a in found)
    assert all("status.carried" in a.rules for a in found)
