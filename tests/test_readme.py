"""README.md says what is true: its figures are current, its links lead somewhere, its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.figures import CORPUS, PAGES, corpus_block, names_in, renewed, samples_block

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"!?\[[^]]*\]\(([^)#]+)(?:#[^)]*)?\)")


@pytest.fixture(scope="module")
def samples() -> str:
    return samples_block()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_the_figures_of_the_sample_documents_are_current(page: Path, samples: str) -> None:
    text = page.read_text(encoding="utf-8")
    assert "samples" in names_in(text)
    assert renewed(text, {"samples": samples}) == text, "The figures have changed: run `uppdrag figures --write`."


@pytest.mark.corpus
def test_the_figures_of_the_real_documents_are_current(corpus: Path) -> None:
    assert corpus == CORPUS
    block = corpus_block(corpus)
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert "corpus" in names_in(text)
        assert renewed(text, {"corpus": block}) == text, "The figures have changed: run `uppdrag figures --write`."


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} points to {target}, which is not there."


def test_readme_opens_with_purpose_picture_and_the_two_commands_in_that_order() -> None:
    places = [
        README.index(part) for part in ("# uppdrag", "hand out hundreds of assignments", "![", "make demo", "make test", "uppdrag ingest")
    ]
    assert places == sorted(places)
    targets = {line.split(":")[0] for line in (ROOT / "Makefile").read_text().splitlines() if re.match(r"^[a-z][a-z-]*:", line)}
    assert {"demo", "test"} <= targets


def test_the_commands_readme_shows_exist_with_their_options() -> None:
    from typer.main import get_command

    from pipeline.cli import app

    shown = re.findall(r"^\$ uppdrag ([^#\n]+)", README, re.MULTILINE)
    assert len(shown) == 5
    for line in shown:
        command, words = get_command(app), line.split()
        while hasattr(command, "commands"):
            command, words = command.commands[words[0]], words[1:]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_the_glossary_has_the_words_of_readme() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    words = re.findall(r"^\| (\*[^|]+) \|", README, re.MULTILINE)
    assert len(words) >= 10
    for word in re.findall(r"\*([^*]+)\*", " ".join(words)):
        assert word.lower() in glossary, f"docs/glossary.md does not have {word}"
