"""Soft hyphens by the mechanical rule of Swedish spelling: one consonant goes with the vowel that follows it."""

from __future__ import annotations

import re

_VOWELS = "aeiouyåäöAEIOUYÅÄÖé"
_WORD = re.compile(r"[A-Za-zÅÄÖåäöé]{7,}")
_TOGETHER = ("sk", "st", "sp", "pr", "tr", "kr", "br", "dr", "gr", "fr", "pl", "kl", "bl", "sj", "ch", "kv")


def _word(word: str) -> str:
    cuts = []
    for at in range(3, len(word) - 2):
        follows = word[at] not in _VOWELS and word[at + 1] in _VOWELS
        inside = word[at - 1 : at + 1].lower() in (*_TOGETHER, "ck", "ng", "sc")
        if follows and not inside and any(c in _VOWELS for c in word[:at]) and (not cuts or at - cuts[-1] >= 2):
            cuts.append(at)
    parts = [word[start:end] for start, end in zip([0, *cuts], [*cuts, len(word)], strict=True)]
    return "\u00ad".join(parts)


def soft_hyphens(text: str) -> str:
    """The text with a soft hyphen at each place a long word may be broken."""
    return _WORD.sub(lambda found: _word(found[0]), text)
