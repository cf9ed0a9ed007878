"""The invented documents printed as real PDFs in house styles, read by the project's own reader and scored with the same gold.

``python -m tests.extractors.printed`` prints, a style at a time, how many of the assignments are whole beside how many are when the same
documents are read as plain text, and each miss that only the print causes. ``--style side`` one style, ``--count 20`` documents of each,
``--seed 2`` another draw, ``--keep DIR`` leaves the PDFs there, ``--documents 04,k1`` those alone, ``--all-misses`` those of the text too.

The producers are LibreOffice (a Word file each), Chromium's print and WeasyPrint; a style whose producer is not installed goes without
it and says so. typeset.py has the styles.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from extractors.assemble import extract
from pipeline.evaluate.gold import Gold
from pipeline.evaluate.scoring import DocumentScore, Miss, score_document
from pipeline.reading import OcrMode, read
from rules.ruleset import Rules, load_rules
from tests.extractors.typeset import STYLES, Look, blocks_of, look_of, wrapped_by_hand
from tests.extractors.typeset_docx import by_office
from tests.extractors.typeset_html import by_browser, by_library
from tests.extractors.unseen import FOLDER, JUDGED, Unseen, documents

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


@dataclass(frozen=True)
class Print:
    """One document in one look, and the file it is printed to."""

    unseen: Unseen
    look: Look
    path: Path


@dataclass(frozen=True)
class Compared:
    """A document's score as plain text and as printed."""

    name: str
    producer: str
    plain: DocumentScore
    printed: DocumentScore

    def by_print(self) -> list[Miss]:
        """The misses that the plain text does not have."""
        known = {_key(m) for m in self.plain.misses}
        return [m for m in self.printed.misses if _key(m) not in known]


def _key(miss: Miss) -> tuple[str, str]:
    return miss.what, miss.where.split(":")[0] if miss.what not in ("spurious",) else miss.where.split(": ", 1)[-1][:40]


@lru_cache(maxsize=2)
def pool(style: str = "") -> tuple[Unseen, ...]:
    """The documents that can be set anew: all but those whose line ends are a page's own. Nobody prints minutes as slides, which only
    retell what minutes say."""
    every = tuple(d for folder in (FOLDER, JUDGED) for d in documents(folder) if not wrapped_by_hand(d.document.text))
    return tuple(d for d in every if not _minutes(d)) if style == "slides" else every


def _minutes(unseen: Unseen) -> bool:
    head = " ".join(unseen.document.head).lower()
    return "protokoll" in head or any(b.kind == "title" and "§" in b.text for b in blocks_of(unseen.document.text))


def drawn(style: str, count: int, seed: int, folder: Path, names: Iterable[str] = (), producers: Iterable[str] = ()) -> list[Print]:
    """``count`` documents of the style, with their looks; the same for the same seed."""
    chance = random.Random(f"{style}-{seed}")  # noqa: S311
    chosen = [d for d in pool() if d.name in names] if names else chance.sample(pool(style if style == "slides" else ""), count)
    out = []
    for unseen in chosen:
        look = look_of(style, random.Random(f"{style}-{seed}-{unseen.name}"))  # noqa: S311
        if producers and look.producer not in producers:
            look.producer = next(iter(producers))
        out.append(Print(unseen, look, folder / f"{style}-{unseen.style[:1]}-{unseen.name}.pdf"))
    return out


def typeset(prints: list[Print], folder: Path) -> None:
    """Writes the PDFs. Raises where a producer is missing or fails."""
    by_office([(p.unseen.document, p.look, p.path) for p in prints if p.look.producer == "office"], folder)
    for one in prints:
        if one.look.producer == "library":
            by_library(one.unseen.document, one.look, one.path)
    shown = [p for p in prints if p.look.producer == "browser"]
    if shown:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for one in shown:
                by_browser(one.unseen.document, one.look, one.path, browser)
            browser.close()


def compared(prints: list[Print], rules: Rules) -> list[Compared]:
    """Both scores of each document."""
    out = []
    for one in prints:
        document = one.unseen.document
        gold = _as_slides(document.gold) if one.look.frame == "slides" else document.gold
        plain = score_document(gold, extract(document.reading(f"{one.unseen.name}.pdf"), rules))
        printed = score_document(gold, extract(read(one.path, ocr=OcrMode.never), rules))
        out.append(Compared(one.unseen.name, one.look.producer, plain, printed))
    return out


def _as_slides(gold: Gold) -> Gold:
    """The gold where slides show the text: what a slide calls decided it retells, so that "cited" is as right."""
    return gold.model_copy(
        update={
            "assignments": tuple(
                a.model_copy(update={"also": a.also.model_copy(update={"status": (*a.also.status, "cited")})})
                if a.status == "decided"
                else a
                for a in gold.assignments
            )
        }
    )


def installed() -> tuple[str, ...]:
    """The producers that this machine has."""
    return (
        *(("office",) if shutil.which("soffice") else ()),
        *(("browser",) if CHROMIUM else ()),
        "library",
    )


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--style", default="", help="one of: " + ", ".join(STYLES))
    parser.add_argument("--count", type=int, default=20, help="documents of each style")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the PDFs")
    parser.add_argument("--documents", default="", help="names of documents, parted by commas, in place of a draw")
    parser.add_argument("--all-misses", action="store_true")
    chosen = parser.parse_args()
    producers = installed()
    if len(producers) < 3:
        print(f"Only these producers are installed: {', '.join(producers)}; the others' share is printed by the first.", file=sys.stderr)
    rules = load_rules()
    rows: list[tuple[str, int, int, int, int, float, float]] = []
    with ExitStack() as stack:
        folder = chosen.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        for style in [chosen.style] if chosen.style else STYLES:
            names = [n for n in chosen.documents.split(",") if n]
            prints = drawn(style, chosen.count, chosen.seed, folder, names, producers if len(producers) < 3 else ())
            typeset(prints, folder)
            results = compared(prints, rules)
            for result in results:
                for miss in result.printed.misses if chosen.all_misses else result.by_print():
                    print(f"{style}, {result.producer}, {result.name}: {miss}", flush=True)
            plain = sum((r.plain for r in results), DocumentScore())
            printed = sum((r.printed for r in results), DocumentScore())
            whole = [dict(s.fields).get("whole", 0) for s in (plain, printed)]
            rows.append((style, len(results), plain.found.gold, whole[0], whole[1], plain.found.f1 or 0, printed.found.f1 or 0))
    print("\n| style | documents | gold | whole, plain text | whole, printed | found, plain text | found, printed |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for style, count, gold, text, print_, found_text, found_print in rows:
        print(f"| {style} | {count} | {gold} | {text / gold:.3f} | {print_ / gold:.3f} | {found_text:.3f} | {found_print:.3f} |")
    gold, text, print_ = (sum(r[i] for r in rows) for i in (2, 3, 4))
    print(f"| all | {sum(r[1] for r in rows)} | {gold} | {text / gold:.3f} | {print_ / gold:.3f} | | |")


if __name__ == "__main__":
    main()
