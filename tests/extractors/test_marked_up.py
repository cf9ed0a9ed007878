"""A slip in a marked-up sentence fails; it never makes a test of nothing."""

from __future__ import annotations

import pytest

from tests.extractors.marked_up import Mark, document_of, parse


def test_text_and_marks() -> None:
    text, marks = parse("senast <date first='2023-09-13' last='2023-09-13'>13 september 2023</date>|och <amount sek='5'>5 kr</amount>")
    assert text == "senast 13 september 2023\noch 5 kr"
    assert marks == [
        Mark("date", 7, 24, "13 september 2023", {"first": "2023-09-13", "last": "2023-09-13"}),
        Mark("amount", 29, 33, "5 kr", {"sek": "5"}),
    ]
    assert [text[m.start : m.end] for m in marks] == [m.text for m in marks]


@pytest.mark.parametrize(
    "slip",
    [
        "senast <date>13 maj",
        "senast 13 maj</date>",
        "<date>13 <amount>maj</amount></date>",
        "<date>13 maj</amount>",
        "<date first=2023>13 maj</date>",
        "<Date>13 maj</Date>",
        "senast <date></date>",
        "5 < 6",
    ],
)
def test_a_slip_raises(slip: str) -> None:
    with pytest.raises(ValueError, match=r"tag|clos|mark|inside"):
        parse(slip)


def test_document_of_plain_text() -> None:
    document = document_of("Belopp\n12 mnkr", line_breaks=(8,), cells={1: (1, 0)})
    assert [document.text[b.start : b.end] for b in document.blocks] == ["Belopp", "12 mnkr"]
    assert [s.end for s in document.segments] == [6, 8, 14]
    assert document.blocks[1].cell is not None
    assert document.page_of(9) == 1
