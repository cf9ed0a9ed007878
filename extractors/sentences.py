"""Sentences of a block: layout first, so a sentence never crosses blocks."""

from __future__ import annotations

import re
from functools import lru_cache

from extractors.model import Block, Document, Span
from rules import Rules

_END = re.compile(r"[.!?](?:[\"”’)]|\s?\(\w{1,2}\))?\s+(?=[\"”(]?[A-ZÅÄÖ0-9§–-])")


@lru_cache(maxsize=8)
def _abbreviations(rules: Rules) -> tuple[frozenset[str], frozenset[str]]:
    """All abbreviations, and those that often stand last in a sentence."""
    order = rules.language.word_order
    return frozenset(order.abbreviations.words), frozenset(order.closing_abbreviations.words)


def sentences(document: Document, block: Block, rules: Rules) -> list[Span]:
    """The sentences of ``block`` after its list marker, in order, without surrounding white space.

    A full stop ends one before a capital or a digit, unless it belongs to an abbreviation (rules/sv/word_order.toml) or an ordinal. An
    abbreviation that often stands last ("485 000 kr.") ends one before a capital.
    """
    text = document.text
    known, closing = _abbreviations(rules)
    out: list[Span] = []
    start = block.content
    for match in _END.finditer(text, block.content, block.end):
        before = text[start : match.start() + 1].rsplit(None, 1)
        last = before[-1].lower().lstrip("(") if before else ""
        if (
            (last in known and not (last in closing and text[match.end()].isupper()))
            or (len(last) == 2 and last[0].isalpha())
            or (last[:-1].isdigit() and len(last) < 4 and text[match.end() : match.end() + 1].islower())
        ):
            continue
        if last[:-1].isdigit() and len(last) <= 3 and match.start() - start < 4:
            continue
        out.append(Span(start, match.start() + 1 + len(match.group().rstrip()) - 1))
        start = match.end()
    end = block.end
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        out.append(Span(start, end))
    return out
