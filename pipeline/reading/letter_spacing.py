"""Letter-spaced words ("B E S L U T"), which pdfium parts at every letter: put together again by the distances between the letters."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

_AT_LEAST = 4  # pieces, for a distance to be the usual one
_LONGEST_MEAN = 2.0  # letters a piece: some pairs stand close enough to be one piece
_WIDEST = 0.8  # font sizes between letters
_BETWEEN_WORDS = 0.16  # font sizes by which a space is wider than the distance between letters


def may_be_spaced(words: Sequence[str]) -> bool:
    """A cheap no for nearly every piece of text."""
    return (
        len(words) >= _AT_LEAST
        and len(words[1]) < 4
        and len(words[2]) < 4
        and len(words[0]) < 4
        and sum(map(len, words)) <= _LONGEST_MEAN * len(words)
    )


def closed_up(words: Sequence[str], edges: Sequence[float], rights: Sequence[float], size: float) -> tuple[list[str], list[float]]:
    """The words and their left edges, with letters set apart joined: ``edges`` and ``rights`` are the left and right edges of the pieces.

    Text that is not letter-spaced, figures in a row among it, comes back as it is.
    """
    gaps = [left - right for left, right in zip(edges[1:], rights, strict=False)]
    usual = median(gaps)
    letters = sum(1 for word in words for c in word if c.isalpha())
    inside = sum(1 for gap in gaps if gap <= usual + _BETWEEN_WORDS * size)
    if usual > _WIDEST * size or 2 * letters < sum(map(len, words)) or 3 * inside < 2 * len(gaps):
        return list(words), list(edges)
    if inside == len(gaps) and not (words[0].isupper() and "".join(words).isalpha()):
        return list(words), list(edges)  # short words: "a b och c"
    joined, begins = [words[0]], [edges[0]]
    for word, edge, gap in zip(words[1:], edges[1:], gaps, strict=True):
        if gap > usual + _BETWEEN_WORDS * size:
            joined.append(word)
            begins.append(edge)
        else:
            joined[-1] += word
    return joined, begins
