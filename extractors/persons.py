"""Persons with a role: from signature blocks, front pages, movers and officers named in the text. Never bodies.

A name alone is no person here: what makes one is the party behind it, the label or role before it, or the role on the line below.
The forms are data (rules/sv/persons.toml).
"""

from __future__ import annotations

import re
from functools import lru_cache

from extractors.mentions import Anchored, combined, longest_first
from extractors.model import BlockKind, Document, Person, Span, record
from rules.expressions import expression
from rules.ruleset import Rules
from rules.schema import PersonRule, expand

_LONGEST_LINE = 70


class _Grammar:
    """The compiled rules of persons."""

    def __init__(self, rules: Rules) -> None:
        macros = rules.language.macros
        file = rules.language.persons
        self.rules: Anchored[PersonRule] = Anchored(file.rule, macros, rules.landmarks)
        self.signature = combined(file.signature, macros, "s")
        self.signature_id = file.signature[0].id
        self.roles = [expression(expand(p.pattern, macros)) for p in file.roles]
        self.not_names = combined(file.not_names, macros, "x")
        self.name = expression(expand("${person_name}", macros))
        self._known: dict[str, bool] = {}
        self._bases: dict[str, str] = {}

    def is_name(self, printed: str) -> bool:
        """Whether a run of capitalised words is a person's name: none of them is a word of bodies, headings or months."""
        known = self._known.get(printed)
        if known is None:
            known = self.not_names.search(printed) is None
            if len(self._known) < 20_000:
                self._known[printed] = known
        return known

    def base(self, role: str) -> str:
        """A role in base form: "Ordföranden" is "Ordförande"."""
        known = self._bases.get(role)
        if known is None:
            match = next((m for regex in self.roles if (m := regex.match(role))), None)
            known = match["base"] if match else role
            if len(self._bases) < 20_000:
                self._bases[role] = known
        return known


@lru_cache(maxsize=8)
def _grammar(rules: Rules) -> _Grammar:
    return _Grammar(rules)


def find_persons(document: Document, rules: Rules) -> tuple[Person, ...]:
    """Every person the text gives a role, in text order: "Sara Ek / Regiondirektör" under "I tjänsten", "Ordföranden Jonas Ek (S)",
    "Sekreterare Karin Ström", "Per Lind (M)".

    ``span`` holds the name alone; ``role`` is the printed role in base form, or the party of a mover without one.
    """
    grammar = _grammar(rules)
    text = document.text
    found: list[Person] = []
    for rule, match in grammar.rules.matches(text):
        name = " ".join(match["name"].split())
        if not grammar.is_name(name):
            continue
        groups = match.groupdict()
        role = groups.get("role") or groups.get("party")
        span = record(Span, match.span("name"))
        found.append(record(Person, (span, name, grammar.base(_capital(role)) if role else None, rule.id)))
    found = _signatures(document, grammar) + found  # a line below wins over a label above
    # the same name found by two rules has the role that is printed first: a role, before a party
    ranked = sorted(found, key=lambda p: p.role is None or len(p.role) <= 5)
    return tuple(longest_first(ranked))


def _signatures(document: Document, grammar: _Grammar) -> list[Person]:
    """A line that is a name and nothing else, above a line that is a role and nothing else."""
    text = document.text
    made: list[Person] = []
    for block, below in zip(document.blocks, document.blocks[1:], strict=False):
        if (
            block.end - block.start > _LONGEST_LINE
            or below.end - below.start > _LONGEST_LINE
            or block.kind
            not in (
                BlockKind.NAME_LIST,
                BlockKind.TEXT,
                BlockKind.HEADING,
                BlockKind.CELL,
            )
        ):
            continue
        printed = text[block.start : block.end]
        match = grammar.name.match(printed)
        if match is None:
            continue
        role = text[below.start : below.end].strip()
        name = match.group()
        rest = printed[match.end() :].strip(" \u00a0,")
        if rest and grammar.signature.match(rest) is None:
            continue
        role = rest or role
        if grammar.signature.match(role) and grammar.is_name(name) and grammar.name.fullmatch(role) is None:
            start = block.start
            made.append(
                Person(Span(start, start + len(name)), re.sub(r"\s+", " ", name), grammar.base(_capital(role)), grammar.signature_id)
            )
    return made


def _capital(role: str) -> str:
    return role[:1].upper() + role[1:]
