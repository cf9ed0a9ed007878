"""Whole documents in house styles the rules were never made from: how right the extraction is on them.

``python -m tests.extractors.unseen`` prints the figures and every miss; ``--style A`` one style, ``--misses`` the misses alone,
``--judged`` those of the second folder, which somebody else wrote to judge the first, ``--documents t01-t12`` one batch of a folder;
``--blind`` those of writers who had seen nothing of the project, ``--held-out`` those nothing is mended for.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from extractors.assemble import extract
from pipeline.evaluate.noise import add_noise
from pipeline.evaluate.scoring import DocumentScore, score_document
from rules.ruleset import Rules, load_rules
from tests.extractors.annotated import Annotated, annotated

FOLDER = Path(__file__).resolve().parent / "unseen"
JUDGED = FOLDER.parent / "judged"
BLIND = FOLDER.parent / "blind"
HELD_OUT = FOLDER.parent / "held_out"
"""Documents that were scored and never looked at again: no rule is made from what is wrong in them."""
_UPPDRA = re.compile(r"uppdr[ao]g?|uppgift", re.IGNORECASE)


@dataclass(frozen=True)
class Unseen:
    """One document and its style."""

    name: str
    style: str
    document: Annotated


@lru_cache(maxsize=2)
def documents(folder: Path = FOLDER) -> tuple[Unseen, ...]:
    """Every document of a folder, in order."""
    found: list[Unseen] = []
    for path in sorted(folder.glob("*.toml")):
        source = tomllib.loads(path.read_text(encoding="utf-8"))
        if set(source) - {"style", "head", "foot", "text"}:
            raise ValueError(f"{path.name}: only style, head, foot and text are known")
        head, foot = tuple(source.get("head", ())), tuple(source.get("foot", ()))
        found.append(Unseen(path.stem, source["style"], annotated(source["text"], head=head, foot=foot)))
    return tuple(found)


def score(rules: Rules | None = None, noise: float = 0.0, folder: Path = FOLDER) -> tuple[tuple[str, DocumentScore], ...]:
    """The score of each document. ``noise``: the share of characters that are replaced by look-alikes first."""
    rules = rules or load_rules()
    out: list[tuple[str, DocumentScore]] = []
    for unseen in documents(folder):
        reading = unseen.document.reading(f"{unseen.name}.pdf")
        if noise:
            reading = add_noise(reading, noise, 1)
        out.append((unseen.name, score_document(unseen.document.gold, extract(reading, rules), damaged=noise > 0)))
    return tuple(out)


def held(total: DocumentScore, figure: str, least: float, whose: str) -> None:
    """Prints a figure of a folder and fails, with every miss, where it has fallen below ``least``."""
    reached = {"found": total.found.f1, "amounts": total.amounts.f1, "dates": total.dates.f1}.get(figure) or total.share(figure)
    print(f"\n{whose}, {figure}: {reached:.3f}")
    assert reached is not None
    assert reached >= least, "\n".join(str(m) for m in total.misses)


def look_alikes() -> tuple[int, int]:
    """How many marked places hold a word of assigning and are none, and how many are assignments."""
    places = sum(1 for d in documents() for p in d.document.places if _UPPDRA.search(p.text))
    return places, sum(len(d.document.gold.assignments) for d in documents())


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--style", default="", help="those whose style begins so: b1 is the first batch that was scored unseen")
    parser.add_argument("--noise", type=float, default=0.0, help="share of characters replaced by look-alikes, such as 0.01")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--judged", action="store_true", help="the documents of the second folder")
    parser.add_argument("--blind", action="store_true", help="the documents of three writers who had seen no rule and no document")
    parser.add_argument("--held-out", action="store_true", help="the documents that nothing is mended for")
    parser.add_argument("--documents", default="", metavar="FIRST-LAST", help="a batch of them by file name, such as t01-t12")
    chosen = parser.parse_args()
    folder = HELD_OUT if chosen.held_out else JUDGED if chosen.judged else BLIND if chosen.blind else FOLDER
    styles = {d.name: d.style for d in documents(folder)}
    first, _, last = chosen.documents.partition("-")
    scores = tuple(
        (name, s)
        for name, s in score(noise=chosen.noise, folder=folder)
        if styles[name].startswith(chosen.style) and first <= name <= (last or "~")
    )
    for name, result in scores:
        for miss in result.misses:
            print(f"{name}: {miss}")
    if not chosen.misses:
        total = sum((s for _, s in scores), DocumentScore())
        print(
            f"\n{len(scores)} documents; found {total.found} F1 {total.found.f1:.3f}; "
            f"amounts {total.amounts.f1:.3f}; dates {total.dates.f1:.3f}"
        )
        for name, right in total.fields:
            print(f"{name:<18} {right:>3} of {total.found.gold}  {right / total.found.gold:.3f}")
        for style in dict.fromkeys(styles[name] for name, _ in scores) if chosen.documents else ():
            part = sum((s for name, s in scores if styles[name] == style), DocumentScore())
            shares = "  ".join(f"{name} {right / max(part.found.gold, 1):.3f}" for name, right in part.fields)
            print(f"{style}: {part.found.gold} gold, found F1 {part.found.f1 or 0:.3f}  {shares}")
        print("look-alikes with a word of assigning, and assignments:", look_alikes())


if __name__ == "__main__":
    main()
