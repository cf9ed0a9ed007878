"""Sentences of a block: layout first, so a sentence never crosses blocks."""

from __future__ import annotations

from functools import lru_cache

from extractors.model import Block, Document, Span, record
from rules.expressions import expression
from rules.ruleset import Rules

_END = expression(r"[.!?](?:[\"”’)]|\s?\(\w{1,2}\))?\s+(?=[\"”(]?[A-ZÅÄÖ0-9§–-])")


_LEVELS = expression(r"\d{1,2}(?:\.\d{1,2}){1,2}\.?\s(?=[A-ZÅÄÖ])")
"""The number of a point of a chapter: "2.1 Nämnden får i uppdrag …"."""


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
    start, end = _after_number(text, block.content, block.end), block.end
    matches = _END.finditer(text, start, end) if _may_end_within(text, start, end - 2) else ()
    for match in matches:
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
        out.append(record(Span, (start, match.start() + 1 + len(match.group().rstrip()) - 1)))
        start = _after_number(text, match.end(), end)
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        out.append(record(Span, (start, end)))
    return out


def _may_end_within(text: str, start: int, end: int) -> bool:
    """Whether a full stop or the like stands in ``text[start:end]``. NOTE: before the expression, which takes four times as long."""
    return text.find(".", start, end) >= 0 or text.find("?", start, end) >= 0 or text.find("!", start, end) >= 0


def _after_number(text: str, start: int, end: int) -> int:
    """Where a sentence begins behind the number of its point."""
    number = _LEVELS.match(text, start, end) if text[start : start + 1].isdigit() else None
    return number.end() if number is not None else start
