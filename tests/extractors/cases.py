"""Reads the cases of language/*.toml and says what is wrong with an extraction of one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from extractors.assemble import extract
from pipeline.evaluate.scoring import holds, score_document
from rules.ruleset import load_rules
from tests.extractors.annotated import Annotated, AnnotationError, annotated, misplaced, unreferred

HERE = Path(__file__).resolve().parent
_KEYS = frozenset({"rows", "pins", "in", "text", "open", "values"})
COUNTED = frozenset({"missed", "spurious", "status", "assigner", "assignees", "deadlines", "report_to"})
_VALUES = {"amounts": frozenset({"amount missing", "amount extra"}), "dates": frozenset({"date missing", "date extra"})}


@dataclass(frozen=True)
class Case:
    """One case: the rows of the catalogue it stands for, the wording that forced it, its document, and why it is open (None: it is not)."""

    file: str
    number: int
    rows: tuple[str, ...]
    pins: str
    document: Annotated
    values: tuple[str, ...] = ()
    """What is compared beside the assignments: amounts, dates (all of the text: one too many is wrong)."""
    open: str | None = None

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.file}-{self.number}-{self.rows[0]}"


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def wrappers() -> dict[str, dict[str, Any]]:
    """The documents cases stand in."""
    return _read(HERE / "language" / "wrappers.toml")


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    """Every case, in the order of the catalogue. Raises AnnotationError where one is not well formed."""
    found: list[Case] = []
    for path in sorted((HERE / "language").glob("[0-9]*.toml")):
        for number, entry in enumerate(_read(path)["case"], 1):
            unknown = set(entry) - _KEYS
            if unknown or not entry.get("rows") or not entry.get("pins"):
                raise AnnotationError(f"{path.name}, case {number}: rows and pins are needed, {sorted(unknown)} is not known")
            wrapper = wrappers()[entry["in"]]
            try:
                document = annotated(
                    wrapper["text"].replace("{}", entry["text"].strip("\n")),
                    status=wrapper["status"],
                    by=wrapper["by"],
                    head=tuple(wrapper.get("head", ())),
                    foot=tuple(wrapper.get("foot", ())),
                )
            except AnnotationError as error:
                raise AnnotationError(f"{path.name}, case {number} ({entry['pins']}): {error}") from error
            found.append(
                Case(path.stem, number, tuple(entry["rows"]), entry["pins"], document, tuple(entry.get("values", ())), entry.get("open"))
            )
    return tuple(found)


def problems(document: Annotated, values: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with the extraction of ``document``, as sentences; empty where all is as annotated."""
    extraction = extract(document.reading(), load_rules())
    counted = COUNTED.union(*(_VALUES[v] for v in values))
    misses = [str(m) for m in score_document(document.gold, extraction).misses if m.what in counted]
    weaker = [g for g in document.gold.assignments if g.act != "assignment" and g.tier == "core"]
    misses += [
        f"no {g.act}: {g.anchor[:80]}" for g in weaker if not any(a.act == g.act and holds(a.text, g) for a in extraction.assignments)
    ]
    return [*misses, *misplaced(document, extraction), *unreferred(document, extraction)]
