"""Look-alike damage, on purpose: what bad OCR does to a page, with a seed, to measure how much the extraction withstands."""

from __future__ import annotations

import random
from dataclasses import replace

from extractors.model import Line, Page, Reading

# Pairs that Tesseract and older engines take for each other in Swedish print. Digits are among them: they are damaged too.
LOOK_ALIKES: dict[str, tuple[str, ...]] = {
    "l": ("1", "i"),
    "1": ("l",),
    "i": ("l", "1"),
    "I": ("l",),
    "o": ("0", "ö"),
    "0": ("o",),
    "O": ("0",),
    "å": ("a", "ä"),
    "ä": ("a", "å"),
    "ö": ("o",),
    "Å": ("A",),
    "Ä": ("A",),
    "Ö": ("O",),
    "a": ("ä", "å"),
    "e": ("c",),
    "c": ("e",),
    "m": ("rn",),
    "n": ("u",),
    "u": ("n",),
    "d": ("cl",),
    "s": ("5",),
    "5": ("S",),
    "S": ("5",),
    "8": ("B",),
    "B": ("8",),
    "g": ("q",),
    "§": ("$",),
}


def add_noise(reading: Reading, share: float, seed: int = 1) -> Reading:
    """``reading`` with ``share`` of all its characters (white space not counted) replaced by a look-alike. The same seed, file content
    and share give the same damage; boxes, words and line count stay."""
    if not 0 <= share <= 1:
        raise ValueError(f"The share of characters to damage lies between 0 and 1, not {share}.")
    lines = [(p, ln, line.text) for p, page in enumerate(reading.pages) for ln, line in enumerate(page.lines)]
    places = [(p, ln, c) for p, ln, text in lines for c, char in enumerate(text) if not char.isspace()]
    open_to_it = [place for place in places if reading.pages[place[0]].lines[place[1]].text[place[2]] in LOOK_ALIKES]
    chance = random.Random(f"{seed}:{reading.sha256}")  # noqa: S311 - a repeatable experiment, not a secret
    hit: dict[tuple[int, int], dict[int, str]] = {}
    for p, ln, c in chance.sample(open_to_it, min(round(share * len(places)), len(open_to_it))):
        hit.setdefault((p, ln), {})[c] = chance.choice(LOOK_ALIKES[reading.pages[p].lines[ln].text[c]])
    return replace(reading, pages=tuple(_damaged(page, p, hit) for p, page in enumerate(reading.pages)))


def _damaged(page: Page, number: int, hit: dict[tuple[int, int], dict[int, str]]) -> Page:
    return replace(page, lines=tuple(_rewritten(line, hit.get((number, i), {})) for i, line in enumerate(page.lines)))


def _rewritten(line: Line, changes: dict[int, str]) -> Line:
    return line._replace(text="".join(changes.get(i, char) for i, char in enumerate(line.text))) if changes else line
