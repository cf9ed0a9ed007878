"""The draw is decided by its seed, shows the printed page, and its filled-in form is counted as it should be."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from pipeline.draw import COLUMNS, Draw, DrawError, Drawn, draw, tally, wilson

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "raw"
MINUTES = SAMPLES / "03-protokoll-rs-2024-03-12.pdf"


def _form(*verdicts: tuple[str, str, str], assignments: int = 1000, sentences: int = 500) -> str:
    drawn = tuple(Drawn(what, "a.pdf", 1, "§ 1", 'Text, med komma\noch "citat"', (), ()) for what, _, _ in verdicts)
    rows = list(csv.reader(io.StringIO(Draw(drawn, 7, assignments, sentences).form())))
    for row, (_, verdict, errors) in zip(rows[2:], verdicts, strict=True):
        row[COLUMNS.index("verdict")], row[COLUMNS.index("errors")] = verdict, errors
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def test_precision_whole_and_errors_are_counted() -> None:
    read = tally(
        _form(
            ("assignment", "right", ""),
            ("assignment", "right", "assignees; deadlines"),
            ("assignment", "wrong", "refused"),
            ("assignment", "right", "assignees"),
        )
    )
    assert (read.right, read.wrong, read.whole) == (3, 1, 1)
    assert read.precision == 0.75
    assert read.errors[0] == ("assignees", 2)
    assert dict(read.errors) == {"assignees": 2, "deadlines": 1, "refused": 1}


def test_recall_scales_both_halves_from_the_draw_to_all() -> None:
    """1 of 4 sentences hid one: of 500 sentences that is 125. 1,000 found at precision 0.75 are 750. 750 / 875."""
    verdicts = (
        [("assignment", "right", "")] * 3 + [("assignment", "wrong", "")] + [("sentence", "none", "")] * 3 + [("sentence", "missed", "")]
    )
    assert tally(_form(*verdicts)).recall == pytest.approx(750 / 875)
    assert tally(_form(*verdicts[:-1])).recall == 1.0


def test_a_form_that_is_not_filled_in_is_refused_by_row() -> None:
    with pytest.raises(DrawError, match=r"Row 2 .* right, wrong"):
        tally(_form(("assignment", "right", ""), ("assignment", "", "")))
    with pytest.raises(DrawError, match=r"Row 1 .* none, missed"):
        tally(_form(("sentence", "right", "")))
    with pytest.raises(DrawError, match="row 0"):
        tally("number,what\n")
    with pytest.raises(DrawError, match="nothing to count"):
        tally(_form(("sentence", "none", "")))


def test_a_form_with_verdicts_is_not_written_over(tmp_path: Path) -> None:
    empty = Draw((), 7, 0, 0)
    text, form = empty.write(tmp_path / "draw")
    assert (text.name, form.name) == ("draw.md", "draw.csv")
    form.write_text("verdicts")
    with pytest.raises(DrawError, match=r"draw\.csv is there already"):
        empty.write(tmp_path / "draw")
    assert form.read_text() == "verdicts"


def test_the_table_for_the_report_has_every_figure() -> None:
    table = tally(_form(("assignment", "right", ""), ("assignment", "wrong", "motion"), ("sentence", "none", ""))).markdown()
    for part in ("| precision | 0.500 (", "| recall | 1.000 |", "| error: motion | 1 |", "| assignments read | 2 of 1000 |"):
        assert part in table


def test_the_bounds_are_wilson_s() -> None:
    """Values of the interval as published for 95 of 100 and for none of 10."""
    assert wilson(95, 100) == (pytest.approx(0.8883, abs=1e-3), pytest.approx(0.9785, abs=1e-3))
    assert wilson(0, 10) == (pytest.approx(0.0, abs=1e-9), pytest.approx(0.2775, abs=1e-3))
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_draw_from_printed_minutes_is_decided_by_its_seed() -> None:
    one, same, other = draw([MINUTES], 3, seed=1), draw([MINUTES], 3, seed=1), draw([MINUTES], 3, seed=2)
    assert one == same
    assert one.assignments > 3
    assert one.sentences >= 1
    assert one != other
    assert sum(d.what == "assignment" for d in one.drawn) == 3


def test_all_are_drawn_where_there_are_fewer_than_asked() -> None:
    everything = draw([MINUTES], 10_000)
    assert len(everything.drawn) == everything.assignments + everything.sentences
    assert all("uppdra" in d.text.lower() for d in everything.drawn if d.what == "sentence")


def test_what_is_drawn_is_shown_with_its_lines_as_printed() -> None:
    drawn = draw([MINUTES], 5)
    text = drawn.for_reading()
    for number, d in enumerate(drawn.drawn, 1):
        assert f"## {number}. {d.what}: {MINUTES.name}, page {d.page}" in text
        own = "".join(line.split("|", 1)[1] for line in d.printed if line.startswith(">"))
        # Hyphens at line ends are undone in the text, and printed lines hold what stands around the sentence.
        first = [word for word in d.text.split() if word.isalpha()][:3]
        assert all(word in own for word in first)


def test_a_draw_from_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(DrawError, match="no PDF"):
        draw([tmp_path])
    with pytest.raises(DrawError, match="There is no"):
        draw([tmp_path / "nowhere"])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "trasig.pdf"
    broken.write_bytes(b"%PDF-1.4\n" + MINUTES.read_bytes()[500:900])
    drawn = draw([broken])
    assert drawn.drawn == ()
    assert "Not read: trasig.pdf (" in drawn.for_reading()
