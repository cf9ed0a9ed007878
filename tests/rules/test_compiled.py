"""Machine code and the sources it is made of do the same, and code of other sources is never taken."""

from __future__ import annotations

import ast
import copy
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from extractors.assemble import extract
from pipeline.compile import compiled_sources, typed_modules
from pipeline.reading import OcrMode, read
from rules import compiled
from rules.ruleset import load_rules

_SAMPLES = sorted((compiled.ROOT / "data" / "raw").glob("*.pdf"))
_DIGEST = """
import hashlib, sys
from pathlib import Path
from extractors.assemble import extract
from pipeline.reading import OcrMode, read
from pipeline.rows import to_rows
from rules import compiled
from rules.ruleset import load_rules
rules, whole = load_rules(), hashlib.sha256()
for path in sys.argv[1:]:
    reading = read(Path(path), ocr=OcrMode.never)
    whole.update(repr((reading, to_rows(reading, extract(reading, rules), "test"))).encode())
print(compiled.IN_USE, whole.hexdigest())
"""


@pytest.fixture(scope="module", autouse=True)
def made() -> None:
    if compiled.made_of() != compiled_sources():
        pytest.skip("There is no machine code of the sources as they are: `make compile` makes it.")


def _said(program: str, *arguments: str, root: Path = compiled.ROOT, asked_for: str = "1") -> str:
    environment = {**os.environ, "PYTHONPATH": str(root), "UPPDRAG_COMPILED": asked_for}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=environment, cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def test_the_same_comes_out_of_machine_code_and_of_sources() -> None:
    files = [str(path) for path in _SAMPLES]
    assert len(files) > 10
    in_use, of_machine_code = _said(_DIGEST, *files).split()
    plain, of_sources = _said(_DIGEST, *files, asked_for="0").split()
    assert (in_use, plain) == ("True", "False")
    assert of_machine_code == of_sources


def test_machine_code_of_other_sources_is_not_taken(tmp_path: Path) -> None:
    for package in ("rules", "extractors", "pipeline"):
        shutil.copytree(compiled.ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    program = "from rules import compiled; import extractors.clean; print(compiled.IN_USE, extractors.clean.__file__)"
    in_use, file = _said(program, root=tmp_path).split()
    assert in_use == "True"
    assert Path(file).is_relative_to(compiled.PLACE)
    source = tmp_path / "extractors" / "clean.py"
    source.write_bytes(source.read_bytes() + b"\n")
    assert _said(program, root=tmp_path).split() == ["False", str(source)]


def test_values_come_whole_through_pickling_and_copying() -> None:
    """Of which nothing is left to the default, that fills in empty values: frozen ones refuse it when their class is machine code."""
    for path in _SAMPLES[:4]:
        reading = read(path, ocr=OcrMode.never)
        extraction = extract(reading, load_rules())
        for value in (reading, extraction):
            assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own
            assert copy.deepcopy(value) == value


@pytest.mark.parametrize("path", typed_modules())
def test_nothing_is_cached_by_a_decorator_that_machine_code_does_not_know(path: str) -> None:
    """mypyc takes a cached_property for a property and computes it each time it is asked for."""
    names = {node.id for node in ast.walk(ast.parse((compiled.ROOT / path).read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
    assert "cached_property" not in names
