"""Many questions to pdfium in one call: in C as in Python, and as one at a time."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.compile import compiled_sources
from pipeline.reading import many, pdfium_calls
from rules import compiled

_SAMPLES = sorted((compiled.ROOT / "data" / "raw").glob("*.pdf"))
_UPRIGHT = (1.0, 0.0, 0.0, 0.0, -1.0, 842.0)
_SHOWN = [_UPRIGHT, (0.0, 1.0, 0.0, 1.0, 0.0, 0.0), (-1.0, 0.0, 595.0, 0.0, 1.0, 0.0), (1.0, 0.05, -3.25, 0.02, -0.98, 840.5)]
"""As it is, two rotations, and one that is no whole turn."""


@pytest.fixture(scope="module")
def plain() -> ModuleType:
    """The Python, whatever runs."""
    spec = importlib.util.spec_from_file_location("many_in_python", compiled.ROOT / "pipeline" / "reading" / "many.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=_SAMPLES[:6], ids=lambda path: path.stem)
def page(request: pytest.FixtureRequest) -> Iterator[tuple[int, int]]:
    """The first page of a sample and its text, as pdfium's handles."""
    data = Path(request.param).read_bytes()
    with pdfium_calls.LOCK:
        document = pdfium_calls.load_document(data, len(data), None)
        opened = pdfium_calls.load_page(document, 0)
        text = pdfium_calls.load_text(opened)
        yield opened, text
        pdfium_calls.close_text(text)
        pdfium_calls.close_page(opened)
        pdfium_calls.close_document(document)


def _wanted(text: int) -> list[tuple[int, int, list[str]]]:
    """The lines of a page as the reader asks for them, some that are none (two lines as one, words of another length), and places where
    there is nothing."""
    count = pdfium_calls.count_chars(text)
    buffer = ctypes.create_string_buffer(2 * (count + 1))
    pdfium_calls.get_text(text, 0, count, ctypes.addressof(buffer))
    whole = buffer.raw[: 2 * count].decode("utf-16-le", "surrogatepass")
    wanted, at = [], 0
    for line in whole.split("\r\n"):
        if line.strip():
            wanted.append((at, at + len(line.rstrip()) - 1, line.split()))
            wanted.append((at, min(at + len(line) + 8, count - 1), line.split()))
            wanted.append((at, at + len(line.rstrip()) - 1, [line[:1], line[2:9], line[10:]]))
        at += len(line) + 2
    return [*wanted, (count, count + 2, ["efter"]), (-1, 3, ["före"]), (0, 0, [])]


def _answers(module: Any, page: int, text: int, chars: list[int]) -> list[Any]:
    things = [thing for thing in module.parts(pdfium_calls.GET_OBJECT, page, list(range(pdfium_calls.count_objects(page)))) if thing]
    return [things, module.kinds(pdfium_calls.OBJECT_TYPE, things), module.parts(pdfium_calls.OF_LINES[0], text, chars)]


def test_the_same_in_c_as_in_python(plain: ModuleType, page: tuple[int, int]) -> None:
    if compiled.made_of() != compiled_sources():
        pytest.skip("There is no machine code of the sources as they are: `make compile` makes it.")
    assert str(many.__file__).endswith(".so")
    count = pdfium_calls.count_chars(page[1])
    chars = [*range(0, count, 3), count, count + 7, -1]
    assert _answers(many, *page, chars) == _answers(plain, *page, chars)
    assert _answers(many, *page, []) == _answers(plain, *page, [])
    wanted = _wanted(page[1])
    for shown in _SHOWN:
        for limits in ((597.0, 844.0), (200.0, 300.0)):
            asked = pdfium_calls.OF_LINES, page[1], wanted, shown, *limits
            assert many.lines(*asked) == plain.lines(*asked)


def test_lines_of_a_page_are_where_one_question_at_a_time_finds_them(page: tuple[int, int]) -> None:
    _, text = page
    wanted = _wanted(text)
    found = many.lines(pdfium_calls.OF_LINES, text, wanted, _UPRIGHT, 597.0, 844.0)
    assert found[-3:] == [None, None, None]
    x, y = ctypes.c_double(), ctypes.c_double()
    for (first, last, words), line in zip(wanted, found, strict=True):
        if line is None:
            continue
        edges, baseline, size, font, pieces = line
        assert [end for end, _, _, _ in pieces] == sorted({end for end, _, _, _ in pieces})
        assert pieces[-1][0] == len(words)
        starts = [first + sum(len(word) + 1 for word in words[:at]) for at in range(len(words))]
        for start, edge in zip(starts, edges, strict=True):
            assert pdfium_calls.char_origin(text, start, ctypes.addressof(x), ctypes.addressof(y))
            assert x.value == edge
        assert 842.0 - y.value == pytest.approx(baseline, abs=0.01 * size)
        assert size == pytest.approx(pdfium_calls.char_size(text, first))
        assert font == pdfium_calls.object_font(pdfium_calls.char_object(text, last))
        for _, top, right, bottom in pieces:
            assert top < baseline < bottom + 0.1
            assert right > edges[0]


def test_most_lines_of_a_printed_page_are_of_one_piece() -> None:
    data = (compiled.ROOT / "data" / "raw" / "03-protokoll-rs-2024-03-12.pdf").read_bytes()
    with pdfium_calls.LOCK:
        document = pdfium_calls.load_document(data, len(data), None)
        opened = pdfium_calls.load_page(document, 1)
        text = pdfium_calls.load_text(opened)
        wanted = _wanted(text)[:-3:3]
        found = many.lines(pdfium_calls.OF_LINES, text, wanted, _UPRIGHT, 597.0, 844.0)
        pdfium_calls.close_text(text)
        pdfium_calls.close_page(opened)
        pdfium_calls.close_document(document)
    assert len([line for line in found if line is not None]) > 0.8 * len(wanted) > 10


@pytest.mark.parametrize("wrong", [(), (1,), (0, 0, [1]), (None, None, [1]), ("x", 0, []), (1, 0, (1, 2)), (1, 0, [1], 4)])
def test_what_is_no_question_is_an_error_in_c(wrong: tuple[Any, ...]) -> None:
    if compiled.made_of() != compiled_sources():
        pytest.skip("There is no machine code of the sources as they are: `make compile` makes it.")
    module: Any = many
    with pytest.raises((TypeError, ValueError)):
        module.parts(*wrong)
    with pytest.raises((TypeError, ValueError)):
        module.kinds(*wrong[1:] if len(wrong) == 3 else wrong)
    with pytest.raises((TypeError, ValueError)):
        module.lines(*wrong)
    with pytest.raises((TypeError, OverflowError)):
        module.parts(pdfium_calls.OF_LINES[0], 0, [2**40])
    with pytest.raises(TypeError):
        module.parts(pdfium_calls.OF_LINES[0], 0, ["x"])


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        *((0, functions) for functions in ([1], (1, 2, 3), (0,) * 6, (None,) * 6, ("x",) * 6)),
        *((1, page) for page in ("x", 2.5)),
        *((2, lines) for lines in ((), [1], [(1, 2)], [(1, "x", [])], [(1, 2**40, [])], [(1, 2, ("x",))])),
        *((3, shown) for shown in (None, (1.0,), ("x",) * 6)),
        *((at, "x") for at in (4, 5)),
    ],
)
def test_what_are_no_lines_is_an_error_in_c(place: int, wrong: Any) -> None:
    if compiled.made_of() != compiled_sources():
        pytest.skip("There is no machine code of the sources as they are: `make compile` makes it.")
    asked: list[Any] = [pdfium_calls.OF_LINES, None, [], _UPRIGHT, 597.0, 844.0]
    module: Any = many
    assert module.lines(*asked) == []
    asked[place] = wrong
    with pytest.raises((TypeError, ValueError, OverflowError)):
        module.lines(*asked)
