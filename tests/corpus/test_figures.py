"""The figures on real documents do not fall below what was promised."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from pipeline.evaluate import Report, evaluate_many

pytestmark = pytest.mark.corpus

PAIRS = {"seeds": ("seeds/gold", "seeds"), "goteborg": ("goteborg/gold", "goteborg/pdf")}


@lru_cache(maxsize=4)
def _report(corpus: Path, folder: str) -> Report:
    gold, pdf = PAIRS[folder]
    return evaluate_many([(corpus / gold, corpus / pdf)])


def _at_least(report: Report, figure: float | None, bound: float) -> None:
    assert figure is not None
    assert figure >= bound, "\n".join(report.misses())


@pytest.mark.parametrize(("folder", "bound"), [("seeds", 0.85), ("goteborg", 0.93)])
def test_assignments_are_found(corpus: Path, folder: str, bound: float) -> None:
    report = _report(corpus, folder)
    _at_least(report, report.total.found.f1, bound)


@pytest.mark.parametrize(("folder", "bound"), [("seeds", 0.85), ("goteborg", 0.85)])
def test_status_is_right(corpus: Path, folder: str, bound: float) -> None:
    report = _report(corpus, folder)
    _at_least(report, report.total.share("status"), bound)


def test_amounts_of_the_seeds(corpus: Path) -> None:
    report = _report(corpus, "seeds")
    _at_least(report, report.total.amounts.f1, 0.95)


def test_dates_of_the_seeds(corpus: Path) -> None:
    report = _report(corpus, "seeds")
    _at_least(report, report.total.dates.f1, 0.85)
