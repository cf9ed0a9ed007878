"""Many questions to pdfium in one call: in C as in Python, and as one at a time."""

from __future__ import annotations

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


def _answers(module: Any, page: int, text: int, chars: list[int]) -> list[Any]:
    things = [thing for thing in module.parts(pdfium_calls.GET_OBJECT, page, list(range(pdfium_calls.count_objects(page)))) if thing]
    owners = [thing for thing in module.parts(pdfium_calls.CHAR_OBJECT, text, chars) if thing is not None]
    return [
        module.points(pdfium_calls.CHAR_ORIGIN, text, chars),
        module.quadruples(pdfium_calls.LOOSE_CHAR_BOX, text, chars),
        module.quadruples(pdfium_calls.CHAR_MATRIX, text, chars),
        module.numbers(pdfium_calls.CHAR_SIZE, text, chars),
        things,
        module.kinds(pdfium_calls.OBJECT_TYPE, things),
        owners,
        module.owners(pdfium_calls.OBJECT_FONT, owners),
    ]


def test_the_same_in_c_as_in_python(plain: ModuleType, page: tuple[int, int]) -> None:
    if compiled.made_of() != compiled_sources():
        pytest.skip("There is no machine code of the sources as they are: `make compile` makes it.")
    assert str(many.__file__).endswith(".so")
    count = pdfium_calls.count_chars(page[1])
    chars = [*range(0, count, 3), count, count + 7, -1]
    none = set(range(len(chars) - 3, len(chars)))
    in_c, in_python = _answers(many, *page, chars), _answers(plain, *page, chars)
    # What stands where there was nothing to write means nothing.
    for answer, other in zip(in_c[:3], in_python[:3], strict=True):
        assert answer[-1] == other[-1]
        assert none <= set(answer[-1])
        for numbers, others in zip(answer[:-1], other[:-1], strict=True):
            told = [at for at in range(len(chars)) if at not in answer[-1]]
            assert [numbers[at] for at in told] == [others[at] for at in told]
    assert in_c[3:] == in_python[3:]
    assert _answers(many, *page, []) == _answers(plain, *page, [])


def test_as_one_at_a_time(page: tuple[int, int]) -> None:
    _, text = page
    chars = list(range(0, pdfium_calls.count_chars(text), 5))
    assert many.numbers(pdfium_calls.CHAR_SIZE, text, chars) == [pdfium_calls.char_size(text, char) for char in chars]
    assert many.parts(pdfium_calls.CHAR_OBJECT, text, chars) == [pdfium_calls.char_object(text, char) for char in chars]


@pytest.mark.parametrize("wrong", [(), (1,), (0, 0, [1]), (None, None, [1]), ("x", 0, []), (1, 0, (1, 2)), (1, 0, [1], 4)])
def test_what_is_no_question_is_an_error_in_c(wrong: tuple[Any, ...]) -> None:
    if compiled.made_of() != compiled_sources():
        pytest.skip("There is no machine code of the sources as they are: `make compile` makes it.")
    module: Any = many
    for function in (module.points, module.quadruples, module.numbers, module.parts):
        with pytest.raises((TypeError, ValueError)):
            function(*wrong)
    for function in (module.owners, module.kinds):
        with pytest.raises((TypeError, ValueError)):
            function(*wrong[1:] if len(wrong) == 3 else wrong)
    with pytest.raises((TypeError, OverflowError)):
        module.numbers(pdfium_calls.CHAR_SIZE, 0, [2**40])
    with pytest.raises(TypeError):
        module.numbers(pdfium_calls.CHAR_SIZE, 0, ["x"])
