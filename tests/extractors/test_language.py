"""The catalogue of wordings, row by row: each row has a case, each case holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.extractors.annotated import AnnotationError, annotated, tags_of
from tests.extractors.cases import HERE, Case, cases, problems

ROWS = tomllib.loads((HERE / "language" / "rows.toml").read_text(encoding="utf-8"))
ROOT = Path(__file__).resolve().parents[2]


def _parameters() -> list[object]:
    return [
        pytest.param(case, id=case.name, marks=[pytest.mark.xfail(strict=True, reason=case.open)] if case.open else []) for case in cases()
    ]


@pytest.mark.parametrize("case", _parameters())
def test_case(case: Case) -> None:
    found = problems(case.document, case.values)
    assert not found, f"{case.pins}\n" + "\n".join(found)


def test_every_row_has_a_case() -> None:
    proven = {row for case in cases() for row in case.rows}
    without = [f"{row}: {what}" for row, what in ROWS["row"].items() if row not in proven]
    assert not without, "rows of the catalogue without a case:\n" + "\n".join(without)


def test_every_case_names_rows_of_the_catalogue() -> None:
    unknown = {row for case in cases() for row in case.rows} - set(ROWS["row"])
    assert not unknown


def test_rows_proven_elsewhere_name_a_test_that_is_there() -> None:
    for row, test in ROWS["elsewhere"].items():
        file, name = test.split("::")
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), f"{row}: there is no {test}"


@pytest.mark.parametrize(
    "marked",
    [
        "<a status='decided'>X får i uppdrag att bygga",
        "X</a> får i uppdrag",
        "<a status='decided'><to>X</a></to>",
        "<a status=decided>X</a>",
        "<a status='decided' whom='X'>Y</a>",
        "<b>X</b>",
        "<a status='decided'></a>",
        "<a>X får i uppdrag att bygga</a>",
        "3 < 4",
    ],
)
def test_a_slip_in_the_marking_is_an_error(marked: str) -> None:
    with pytest.raises(AnnotationError):
        annotated(marked)


def test_marking_gives_text_spans_and_values() -> None:
    text, tags = tags_of("1. <a status='decided' due='2024-05-31'><to>Nämnden</to> får i uppdrag.</a>")
    assert text == "1. Nämnden får i uppdrag."
    assert [(t.name, t.text, t.values) for t in tags] == [
        ("a", "Nämnden får i uppdrag.", {"status": "decided", "due": "2024-05-31"}),
        ("to", "Nämnden", {}),
    ]
    assert all(text[t.start : t.end] == t.text for t in tags)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("<a status='proposed' to='Kulturnämnden' by='Kommunstyrelsen'>", "STATUS"),
        ("<a status='decided' to='Skolnämnden' by='Kommunstyrelsen'>", "ASSIGNEES"),
        ("<a status='decided' to='Kulturnämnden' by='Miljönämnden'>", "ASSIGNER"),
        ("<a status='decided' to='Kulturnämnden' by='Kommunstyrelsen' due='2025-01-01'>", "DEADLINES"),
        ("<a status='decided' to='Kulturnämnden' by='Kommunstyrelsen' report='Kommunstyrelsen'>", "REPORT_TO"),
        ("<no why='nothing is looked for here'>", "SPURIOUS"),
    ],
)
def test_a_case_can_fail(wrong: str, told: str) -> None:
    sentence = "Kulturnämnden får i uppdrag att öppna ett nytt museum i hamnen."
    page = "Kommunstyrelsen\nProtokoll 2024-03-12\n\n§ 4 Museum\n# Beslut\n"
    right = annotated(f"{page}<a status='decided' by='Kommunstyrelsen' to='Kulturnämnden'>{sentence}</a>")
    assert not problems(right)
    name = wrong[1:].split(" ")[0]
    found = problems(annotated(f"{page}{wrong}{sentence}</{name}>"))
    assert any(problem.startswith(told) for problem in found), found
