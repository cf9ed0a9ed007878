"""A few documents of each house style, printed and read: the whole trial is ``python -m tests.extractors.printed``."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.evaluate.scoring import DocumentScore
from rules.ruleset import load_rules
from tests.extractors.printed import compared, drawn, installed, typeset
from tests.extractors.typeset import STYLES

REACHED = 0.7
"""The share of assignments that are whole in each style; of all styles together LOST may be lost by the print."""
LOST = 0.1


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[DocumentScore, DocumentScore]]:
    """Plain and printed, for each style: two documents by the producer that needs no other program."""
    folder = tmp_path_factory.mktemp("print")
    rules = load_rules()
    out = {}
    for style in STYLES:
        prints = drawn(style, 2, 11, folder, producers=("library",))
        typeset(prints, folder)
        results = compared(prints, rules)
        out[style] = sum((r.plain for r in results), DocumentScore()), sum((r.printed for r in results), DocumentScore())
    return out


@pytest.mark.parametrize("style", STYLES)
def test_style(style: str, scores: dict[str, tuple[DocumentScore, DocumentScore]]) -> None:
    plain, printed = scores[style]
    assert plain.found.gold > 0
    assert printed.share("whole") >= REACHED * plain.share("whole"), "\n".join(str(m) for m in printed.misses)


def test_little_is_lost_by_print(scores: dict[str, tuple[DocumentScore, DocumentScore]]) -> None:
    plain, printed = (sum((pair[n] for pair in scores.values()), DocumentScore()) for n in (0, 1))
    assert printed.share("whole") >= plain.share("whole") - LOST


def test_the_same_draw_is_the_same(tmp_path: Path) -> None:
    assert drawn("side", 3, 1, tmp_path) == drawn("side", 3, 1, tmp_path)
    assert "library" in installed()
