"""Measures the fast reader against pdfplumber: ``python -m pipeline.reading.compare PDF_OR_DIRECTORY...``

For each page the words of both readers are paired: equal text, left edges at most two points apart, the one's baseline inside the
other's box. Lines are compared as the sequence of texts on the page. Prints the shares and, for what differs, the kind and the first
examples of it; exit code 1 where fewer than 99.9 % of pdfplumber's words have their equal.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pdfplumber

from extractors.model import Line
from pipeline.reading.pdfium import BrokenError, FastDocument, PasswordError

TOLERANCE = 2.0  # points
WANTED = 0.999


class PlacedWord(NamedTuple):
    """A word and where it stands, in points from the top left of the page as shown."""

    text: str
    x0: float
    top: float
    bottom: float


@dataclass(slots=True)
class Agreement:
    """Counts over pages. ``words`` and ``lines`` are pdfplumber's; ``differences`` maps a kind to examples."""

    pages: int = 0
    words: int = 0
    equal_words: int = 0
    fast_words: int = 0
    equal_fast_words: int = 0
    lines: int = 0
    equal_lines: int = 0
    pages_in_order: int = 0
    differences: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def word_share(self) -> float:
        """Share of pdfplumber's words that the fast reader has, in text and place; 1 where there are none."""
        return self.equal_words / self.words if self.words else 1.0

    @property
    def line_share(self) -> float:
        """Share of pdfplumber's lines that stand in the fast reader's page in the same order."""
        return self.equal_lines / self.lines if self.lines else 1.0

    def add(self, other: Agreement) -> None:
        """Adds the counts of other pages."""
        for name in ("pages", "words", "equal_words", "fast_words", "equal_fast_words", "lines", "equal_lines", "pages_in_order"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, examples in other.differences.items():
            self.differences[kind] += examples


def fast_words(lines: Sequence[Line]) -> list[PlacedWord]:
    """The words of the fast reader's lines, each at its edge; top and bottom are the line's."""
    return [PlacedWord(text, x0, line.top, line.bottom) for line in lines for text, x0 in zip(line.text.split(), line.words, strict=True)]


def compare_words(ours: list[PlacedWord], theirs: list[PlacedWord]) -> tuple[list[PlacedWord], list[PlacedWord]]:
    """Pairs equal words one to one and returns what is left on either side."""
    places: dict[str, list[PlacedWord]] = defaultdict(list)
    for word in ours:
        places[word.text].append(word)
    left: list[PlacedWord] = []
    for word in theirs:
        candidates = places.get(word.text, [])
        middle = (word.top + word.bottom) / 2
        found = next((c for c in candidates if abs(c.x0 - word.x0) <= TOLERANCE and c.top - 1 <= middle <= c.bottom + 1), None)
        if found is None:
            left.append(word)
        else:
            candidates.remove(found)
    return [word for words in places.values() for word in words], left


def kind_of(word: PlacedWord, others: list[PlacedWord]) -> str:
    """What sets pdfplumber's ``word`` apart from what the fast reader (``others``: its unpaired words) has in that place."""
    near = [o for o in others if o.top - 2 <= (word.top + word.bottom) / 2 <= o.bottom + 2]
    if any(o.text == word.text for o in near):
        return "same word, other place"
    for other in near:
        if len(other.text) > len(word.text) and word.text in other.text:
            return "fast reader joins words"
        if len(other.text) < len(word.text) and other.text in word.text:
            return "pdfplumber joins words"
    if near and any(abs(o.x0 - word.x0) <= TOLERANCE for o in near):
        return "other characters"
    if any(o.text == word.text for o in others):
        return "same word, other line"
    return "not in the fast reader"


def longest_common(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """The length of the longest common subsequence: how many lines stand in the same order."""
    before = [0] * (len(theirs) + 1)
    for mine in ours:
        row = [0]
        for index, other in enumerate(theirs):
            row.append(before[index] + 1 if mine == other else max(row[-1], before[index + 1]))
        before = row
    return before[-1]


def compare_file(path: Path, pages: slice = slice(None)) -> Agreement:
    """Compares the given pages of one PDF; a file that cannot be opened counts no page."""
    total = Agreement()
    try:
        with FastDocument(path.read_bytes()) as document, pdfplumber.open(path) as oracle:
            for page in oracle.pages[pages]:
                fast = document.read_page(page.page_number - 1)
                lines = fast.lines if fast is not None else ()
                words = [
                    PlacedWord(w["text"], w["x0"] - page.bbox[0], w["top"] - page.bbox[1], w["bottom"] - page.bbox[1])
                    for w in page.extract_words(expand_ligatures=True)
                ]
                texts = (page.extract_text() or "").split("\n")
                total.add(
                    _compare_page(f"{path.name} s. {page.page_number}", lines, words, [" ".join(t.split()) for t in texts if t.strip()])
                )
                page.close()
    except (PasswordError, BrokenError):
        total.differences["file not opened"].append(path.name)
    return total


def _compare_page(where: str, lines: Sequence[Line], words: list[PlacedWord], texts: list[str]) -> Agreement:
    ours = fast_words(lines)
    ours_left, theirs_left = compare_words(ours, words)
    agreement = Agreement(1, len(words), len(words) - len(theirs_left), len(ours), len(ours) - len(ours_left), len(texts))
    fast_texts = [line.text for line in lines]
    agreement.equal_lines = len(texts) if fast_texts == texts else longest_common(fast_texts, texts)
    agreement.pages_in_order = int(fast_texts == texts)
    for word in theirs_left:
        near = [o.text for o in ours_left if o.top - 2 <= (word.top + word.bottom) / 2 <= o.bottom + 2]
        agreement.differences[kind_of(word, ours_left)].append(
            f"{where}: {word.text!r} at ({word.x0:.0f}, {word.top:.0f}); fast: {near[:6]}"
        )
    if agreement.equal_lines < len(texts):
        mine, other = Counter(fast_texts), Counter(texts)
        moved = not (other - mine)
        for text in list((other - mine).elements())[:3]:
            agreement.differences["line cut otherwise"].append(f"{where}: {text!r}")
        if moved:
            agreement.differences["lines in another order"].append(where)
    return agreement


def files_in(paths: Sequence[str]) -> Iterator[Path]:
    """The PDFs named, and those under the directories named, in order."""
    for name in paths:
        path = Path(name)
        yield from sorted(path.rglob("*.pdf")) if path.is_dir() else (path,)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the comparison and prints it."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.reading.compare", description=__doc__)
    parser.add_argument("paths", nargs="+", metavar="PDF_OR_DIRECTORY")
    parser.add_argument("--examples", type=int, default=5, help="how many examples of each kind of difference to print (5)")
    options = parser.parse_args(arguments)
    total = Agreement()
    for path in files_in(options.paths):
        one = compare_file(path)
        total.add(one)
        print(f"{path.name:60.60} {one.pages:4} pages  words {one.word_share:8.3%}  lines {one.line_share:8.3%}")
    print(
        f"\n{total.pages} pages. Of pdfplumber's {total.words} words {total.word_share:.4%} are equal in text and within {TOLERANCE:g}"
        " points;"
        f" {total.fast_words - total.equal_fast_words} of the fast reader's {total.fast_words} words have no equal."
        f"\nOf its {total.lines} lines {total.line_share:.4%} stand in the same order;"
        f" {total.pages_in_order} pages are the same line by line."
    )
    for kind, examples in sorted(total.differences.items()):
        print(f"\n{kind}: {len(examples)}")
        for example in examples[: options.examples]:
            print(f"  {example}")
    return 0 if total.word_share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
