"""Assignments in tables and lists under headings: who gives, who is told, what is said once above them, and what was given before.

The cases are in listed.toml, the neighbours of a form beside it.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from extractors.assemble import extract
from extractors.model import BlockKind
from pipeline.evaluate.scoring import score_document
from rules.ruleset import NO_ORGANISATION, load_rules
from tests.extractors.annotated import annotated
from tests.extractors.laid_out import lay_out
from tests.extractors.test_assemble import _extract

CASES = {
    case["pins"]: (tuple(case["head"]), tuple(case.get("foot", ())), case["text"])
    for case in tomllib.loads((Path(__file__).parent / "listed.toml").read_text(encoding="utf-8"))["case"]
}


@pytest.mark.parametrize("name", CASES)
def test_listed(name: str) -> None:
    head, foot, text = CASES[name]
    document = annotated(text, head=head, foot=foot)
    found = extract(document.reading(), load_rules(NO_ORGANISATION))
    score = score_document(document.gold, found)
    misses = [m for m in score.misses if not m.what.startswith(("date", "amount"))]
    assert not misses, "\n".join(str(m) for m in misses) + "\n" + "\n".join(f"{a.status} {a.text}" for a in found.assignments)
    assert bool(document.gold.assignments) is not name.startswith("none: ")


def test_points_of_a_decision_in_bold_are_no_chapters() -> None:
    points = "# 1. Planen antas\nDen gäller i två år.\n# 2. Ramen höjs\nMed en krona."
    text = f"Kommunstyrelsen\nProtokoll 2024-03-12\n\n§ 4 Museet\n\n# Beslut\n{points}"
    blocks = _extract(text).document.blocks
    assert [b.marker for b in blocks if b.kind is BlockKind.ITEM] == ["1.", "2."]


def test_chapters_are_headings() -> None:
    text = "Almsjö kommun\nVerksamhetsplan\n\n# 1. Inledning\nDet går bra.\n\n# 2. Ekonomi\nRamen är oförändrad."
    document = _extract(text).document
    assert [document.text[b.start : b.end] for b in document.blocks if b.kind is BlockKind.HEADING] == ["1. Inledning", "2. Ekonomi"]
    assert lay_out(text)
