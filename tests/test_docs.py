"""What can be used is described: every command and option, every column and saved query, every rule file and its keys."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from typer.main import get_command

from pipeline.cli import app
from pipeline.reference import PAGES
from rules.schema import Language, OrganisationFile

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_reference_pages_are_current(name: str) -> None:
    """Making the page also proves that nothing on it is without words."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "The page is stale: run `python -m pipeline.reference`."


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    for word, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, f"{name} {word}")
    if not hasattr(command, "commands"):
        yield name, command


COMMANDS = dict(_commands(get_command(app), "uppdrag"))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_described_with_every_option(name: str) -> None:
    """Counted apart from the page's own maker, so that a command it forgets is noticed."""
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert name in sections, f"docs/commands.md does not have {name}"
    for parameter in COMMANDS[name].params:
        for option in parameter.opts:
            if option.startswith("--"):
                assert f"`{option}`" in sections[name], f"{name}: {option} is not described"


def test_the_commands_of_the_contract_are_there() -> None:
    wanted = {"ingest", "serve", "extract", "evaluate", "status", "rules check", "draw", "figures"}
    assert {f"uppdrag {name}" for name in wanted} <= set(COMMANDS)


# ----------------------------------------------------------------------------------------------------------------------- rules


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A rule file's model and every model it is made of."""
    yield model
    for field in model.model_fields.values():
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _models(part)


def _keys(model: type[BaseModel]) -> set[str]:
    return {name for part in _models(model) for name in part.model_fields}


RULE_FILES = sorted((ROOT / "rules" / "sv").glob("*.toml"))


def _sections(page: Path) -> dict[str, str]:
    return dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda p: p.stem)
def test_every_rule_file_is_described_with_every_key(path: Path) -> None:
    """Keys that all patterns share (id, pattern, examples …) are described once, at the head of docs/rules.md."""
    text = (DOCS / "rules.md").read_text(encoding="utf-8")
    shared = set(re.findall(r"`(\w+)`", text.split("\n### ")[0]))
    section = _sections(DOCS / "rules.md").get(path.name)
    assert section, f"docs/rules.md does not have {path.name}"
    annotation = Language.model_fields[path.stem].annotation
    keys = _keys(annotation) if isinstance(annotation, type) and issubclass(annotation, BaseModel) else set()
    missing = {key for key in keys - shared if f"`{key}`" not in section}
    assert not missing, f"docs/rules.md, {path.name}: not described: {', '.join(sorted(missing))}"


def test_an_organisation_s_folder_is_described_with_every_key() -> None:
    section = _sections(DOCS / "rules.md")["organisation.toml"]
    missing = {key for key in _keys(OrganisationFile) if f"`{key}`" not in section}
    assert not missing, f"not described: {', '.join(sorted(missing))}"


def test_nothing_is_described_that_is_not_there() -> None:
    described = set(_sections(DOCS / "rules.md")) - {"organisation.toml"}
    assert described == {path.name for path in RULE_FILES}


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda p: p.stem)
def test_every_rule_file_says_at_its_head_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert tomllib.loads(text)
    assert text.startswith("# "), f"{path.name} begins without a comment that says what it is for."


def test_the_changelog_has_an_entry_for_what_comes_next() -> None:
    assert re.search(r"^## Unreleased\n\n- ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
