"""The caches on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import Cell, FileStatus, Line, Page, Reading
from pipeline.cache import ContentCache, pack_reading, pack_rows, unpack_reading, unpack_rows
from pipeline.rows import DocumentRows

SHA = "ab" * 32

numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
text = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
cells = st.none() | st.builds(Cell, st.integers(0, 9), st.integers(0, 99), st.integers(0, 9))
lines = st.builds(
    Line,
    text,
    numbers,
    numbers,
    numbers,
    numbers,
    numbers,
    st.booleans(),
    numbers,
    st.lists(numbers, max_size=4).map(tuple),
    cells,
    st.none() | st.floats(0, 1),
)
readers = st.sampled_from(["pdfium", "none"])
pages = st.builds(Page, st.integers(1, 999), numbers, numbers, st.lists(lines, max_size=4).map(tuple), readers, st.none() | text)
readings = st.builds(
    Reading,
    st.just(SHA),
    text,
    st.sampled_from(FileStatus),
    st.lists(pages, max_size=3).map(tuple),
    st.none() | text,
    st.none() | text,
    st.none() | text,
    st.none() | text,
)


@given(readings)
def test_a_reading_comes_back_equal(reading: Reading) -> None:
    again = unpack_reading(pack_reading(reading))
    assert again == reading
    assert type(again.status) is FileStatus


def test_rows_come_back_equal() -> None:
    rows = DocumentRows(SHA, "f", {"document": [(SHA, 1, None, 2.5, "å")], "page": []})
    assert unpack_rows(pack_rows(rows)) == rows


def test_what_was_put_is_there_under_its_version_alone(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, "1")
    assert cache.get(SHA) is None
    cache.put(SHA, b"innehall")
    assert cache.get(SHA) == b"innehall"
    assert ContentCache(tmp_path, "2").get(SHA) is None
    assert [p.name for p in cache.path(SHA).parent.iterdir()] == [f"{SHA}.1"]


def test_a_new_version_takes_the_place_of_the_old(tmp_path: Path) -> None:
    ContentCache(tmp_path, "1").put(SHA, b"gammalt")
    ContentCache(tmp_path, "2").put(SHA, b"nytt")
    assert [p.name for p in (tmp_path / "ab").iterdir()] == [f"{SHA}.2"]


@pytest.mark.parametrize("cut", [0, 1, 5, 8, 12])
def test_a_file_cut_short_counts_as_not_there_and_is_written_again(tmp_path: Path, cut: int) -> None:
    cache = ContentCache(tmp_path, "1")
    cache.put(SHA, b"innehall")
    path = cache.path(SHA)
    path.write_bytes(path.read_bytes()[:cut])
    assert cache.get(SHA) is None
    cache.put(SHA, b"innehall")
    assert cache.get(SHA) == b"innehall"


def test_any_flipped_bit_is_noticed(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, "1")
    cache.put(SHA, b"innehall")
    path = cache.path(SHA)
    whole = path.read_bytes()
    for at in range(len(whole)):
        for bit in range(8):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
            assert cache.get(SHA) is None


def test_a_put_that_fails_leaves_nothing(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, "1")
    cache.path(SHA).mkdir(parents=True)  # a folder where the file is to be: the rename fails
    with pytest.raises(OSError):  # noqa: PT011
        cache.put(SHA, b"innehall")
    assert [p.name for p in (tmp_path / "ab").iterdir()] == [f"{SHA}.1"]
