"""Figures are put between their markers and nowhere else, and pages without a place for them are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.figures import SAMPLES, FiguresError, names_in, renewed, samples_block, write_figures

PAGE = (
    "# T\n\n<!-- figures:samples -->\n| stale |\n<!-- end of figures -->\nbetween\n"
    "<!-- figures:corpus -->\nkept\n<!-- end of figures -->\nend\n"
)


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    after = renewed(PAGE, {"samples": "| new |\n"})
    assert after == PAGE.replace("| stale |\n", "| new |\n")
    assert renewed(after, {"samples": "| new |\n"}) == after


def test_a_backslash_in_a_figure_is_no_reference() -> None:
    assert r"\1 \g<name>" in renewed(PAGE, {"samples": "\\1 \\g<name>\n"})


def test_blocks_are_named_in_order() -> None:
    assert names_in(PAGE) == ["samples", "corpus"]


def test_writing_leaves_the_corpus_block_where_there_is_no_corpus(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(PAGE)
    (said,) = write_figures([page], SAMPLES, tmp_path / "nowhere")
    text = page.read_text()
    assert said.changed
    assert said.left == ("corpus",)
    assert "kept" in text
    assert "stale" not in text
    assert "| sample documents |" in text
    assert not write_figures([page], SAMPLES, tmp_path / "nowhere")[0].changed


def test_looking_writes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(PAGE)
    assert write_figures([page], SAMPLES, tmp_path / "nowhere", write=False)[0].changed
    assert page.read_text() == PAGE


def test_a_page_without_a_place_for_figures_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("nothing")
    with pytest.raises(FiguresError, match="no block"):
        write_figures([page])
    page.write_text("<!-- figures:moon -->\n<!-- end of figures -->")
    with pytest.raises(FiguresError, match="moon"):
        write_figures([page])


def test_the_table_has_a_column_a_figure() -> None:
    lines = samples_block().splitlines()
    assert len(lines) == 4
    assert len({line.count("|") for line in lines}) == 1
    cells = [cell.strip() for cell in lines[2].strip("|").split("|")]
    assert cells[0] == "sample documents"
    assert all(0.0 <= float(cell) <= 1.0 for cell in cells[3:])
