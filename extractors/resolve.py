"""From what is printed to who is meant: short forms, genitives, abbreviations the document explains itself.

"nämnden" is the board whose heading it stands under, or the board that meets, or the only board the document names. What cannot be
resolved stays as printed, and says so in its basis.
"""

from __future__ import annotations

import re
from collections import Counter

from extractors.bodies import Bodies, StandsFor
from extractors.frames import Slot
from extractors.model import Block, BlockKind, Document, Meta, Party, Span
from rules.expressions import expression
from rules.looks import folded

_SHORT_IN_BRACKETS = expression(r"\s\((?P<short>[A-ZÅÄÖ]{2,6})\)")
_LONGEST_NAME = 120
_NEAR = 3000
"""Characters before a bare form in which the nearest body is looked for: a page and a half."""
_BOARDS = ("board", "assembly", "committee")


class Resolver:
    """Resolves names within one document. What the whole document says is read when a name first asks for it: most are printed in full."""

    def __init__(self, document: Document, bodies: Bodies, meta: Meta) -> None:
        self.document, self.bodies, self.meta = document, bodies, meta
        self._heading_of: dict[int, str | None] = {}
        self._definite: dict[str, str] = {}
        self._learned: dict[str, str] | None = None
        self._acronyms: dict[str, str] | None = None
        self._boards_and_officers: tuple[Counter[str], Counter[str]] | None = None

    @property
    def learned(self) -> dict[str, str]:
        """Abbreviations the document explains itself: "hälso- och sjukvårdsnämnden (HSN)"."""
        if self._learned is None:
            self._learned = self._explained()
        return self._learned

    def _explained(self) -> dict[str, str]:
        text = self.document.text
        out: dict[str, str] = {}
        at = text.find("(", 1)
        while at >= 0:
            match = _SHORT_IN_BRACKETS.match(text, at - 1)
            if match is not None:
                line = max(text.rfind("\n", 0, at - 1) + 1, at - 1 - _LONGEST_NAME)
                before = self.bodies.find(text, line, at - 1)
                if before and before[-1].span.end == at - 1:
                    out[match.group("short")] = self.bodies.base_form(before[-1].raw)
            at = text.find("(", at + 1)
        return out

    @property
    def acronyms(self) -> dict[str, str]:
        """The initials of the boards the document names in full ("BUN": barn- och utbildningsnämnden), where only one has them."""
        if self._acronyms is None:
            out: dict[str, set[str]] = {}
            for name in self.named:
                out.setdefault(self.bodies.initials(name), set()).add(name)
            self._acronyms = {short: next(iter(names)) for short, names in out.items() if len(names) == 1 and len(short) > 1}
        return self._acronyms

    @property
    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        """How often the document names each board and each officer in full."""
        if self._boards_and_officers is None:
            self._boards_and_officers = self._counted()
        return self._boards_and_officers

    def _counted(self) -> tuple[Counter[str], Counter[str]]:
        boards: Counter[str] = Counter()
        officers: Counter[str] = Counter()
        bodies = self.bodies
        for body in bodies.find(self.document.text):
            if body.type == "officer" and not bodies.is_short(body.raw):
                officers[bodies.base_form(body.raw)] += 1
            if body.type in _BOARDS and not bodies.is_short(body.raw) and not bodies.quantifier.match(body.raw):
                name = bodies.base_form(body.raw)
                if bodies.full_name.search(name):
                    boards[name] += 1
                committee = bodies.rules.grammar("committee_of").match(body.raw)
                owner = bodies.base_form(committee.group("owner")) if committee is not None else ""
                if owner and not bodies.is_short(owner) and bodies.full_name.search(owner):
                    boards[owner] += 1  # "Barn- och utbildningsnämndens arbetsutskott" names the board, too
        return boards, officers

    @property
    def named(self) -> Counter[str]:
        """The boards the document names in full, and how often."""
        return self._counts[0]

    @property
    def officers(self) -> Counter[str]:
        """The officers the document names in full, and how often."""
        return self._counts[1]

    def heading(self, block: int) -> str | None:
        """The body whose heading a block stands under within its §, or None."""
        blocks = self.document.blocks
        if not 0 <= block < len(blocks):
            return None
        paragraph = blocks[block].paragraph
        for at in range(block, -1, -1):
            if blocks[at].paragraph != paragraph:
                break
            if blocks[at].kind is BlockKind.HEADING:
                if at not in self._heading_of:
                    self._heading_of[at] = self._body_of(blocks[at])
                body = self._heading_of[at]
                if body is not None:
                    return body
        return None

    def _body_of(self, heading: Block) -> str | None:
        """The body a heading names and nothing else but a day, or None."""
        number = self.bodies.rules.grammar("chapter_number").match(self.document.text[heading.start : heading.end])
        start = heading.start + (number.end() if number is not None else 0)
        named = next(iter(self.bodies.find(self.document.text, start, heading.end)), None)
        if named is None or named.type not in _BOARDS:
            return None
        if heading.end - start - len(named.raw) > 3:
            dated = self.bodies.rules.grammar("date_tail").fullmatch(self.document.text, named.span.end, heading.end)
            if dated is None or named.span.start > start:
                return None  # "Socialnämnden 18 mars 2025" is the board's, on a page of several
        return self.bodies.base_form(named.raw)

    def parties(self, slot: Slot | None, block: int) -> tuple[Party, ...]:
        """The parties of a slot, each with its printed form, in order, each once."""
        if slot is None:
            return ()
        out: list[Party] = []
        names = self.bodies.split(slot.raw)
        at = 0
        for number, name in enumerate(names):
            printed, at = _printed(slot.raw, name, at)
            if slot.genitive and number == len(names) - 1 and name.endswith("s") and self.bodies.base_form(name).lower() == name.lower():
                name = name[:-1]  # "socialnämnd Centrums uppdrag"
            also = self.bodies.rules.grammar("name_in_brackets").search(name) if slot.genitive else None
            if also is not None:
                name = name[: also.start()]  # "Stadsbyggnadsnämndens (Stadsmiljönämndens) uppdrag"
            name = self._undated(name.strip(' ,;:."”'))
            if not self.bodies.is_party(name):
                continue
            start = slot.span.start + at - len(printed)
            resolved, basis = self.name(name, block, start)
            party = Party(resolved, printed, Span(start, start + len(printed)), basis)
            if all(p.name.lower() != resolved.lower() for p in out):
                out.append(party)
        return tuple(out)

    def _undated(self, name: str) -> str:
        """A name without the day that stands behind it ("HSN 26 april") or the preposition that led to one ("förvaltningen från")."""
        grammar = self.bodies.rules.grammar
        for ending in (grammar("date_tail"), grammar("dangling_preposition")):
            found = ending.search(name)
            if found is not None and found.start() > 1:
                name = name[: found.start()]
        return name

    def name(self, raw: str, block: int, at: int = -1) -> tuple[str, str]:
        """The resolved name in base form, and from what it was resolved; ``at`` is where it stands, if not first in its block."""
        raw = self.bodies.rules.grammar("before_name").sub("", raw.strip())
        defined = re.match(r"^(?P<name>.{5,}?)\s\([A-ZÅÄÖ]{2,6}\)$", raw)
        if defined:
            raw = defined.group("name")
        if raw in self.learned:
            return self.learned[raw], "document"
        if raw.isupper() and raw in self.acronyms:
            return self.acronyms[raw], "document"
        if raw in self.bodies.abbreviations:
            return self.bodies.abbreviations[raw], "organisation"
        body = self.meta.body
        head = self.bodies.named_after.match(raw.lower()) if body else None
        if body and head is not None and body.lower().startswith(head.group() + " "):
            return body, "meeting"  # "programnämnden", of Programnämnd Välfärd
        if body and body[: len(raw) + 1].lower() == raw.lower() + " " and body[len(raw) + 1 : len(raw) + 2].isupper():
            return body, "meeting"  # "driftnämnden", of Driftnämnden Norrlands sjukhus
        committee = self.bodies.rules.grammar("committee_of").match(raw)
        if committee is not None and self.bodies.is_short(committee.group("owner")):
            owner, basis = self.name(committee.group("owner"), block, at)
            if basis != "printed" and not self.bodies.named_for.search(owner):
                return owner + raw[committee.end("owner") :], basis  # "nämndens arbetsutskott"
        kind = self.bodies.is_short(raw)
        meant = self.bodies.stands_for(raw) if kind in _BOARDS or kind == "officer" else None
        if meant is not None and kind == "officer":
            named = [n for n in self.officers if meant.names.search(n.lower())]
            if len(named) == 1:
                return named[0], "document"
        elif meant is not None:
            found = self._short(meant, kind, block, at)
            if found is not None:
                return found
        base = self.bodies.base_form(raw)
        if base not in self._definite:
            definite = base + "n"
            lower = self.bodies.rules.landmarks.of(self.document.text).lower  # at hand: what is named takes long to find
            printed = folded(definite) in lower and definite in self.named and base not in self.named
            self._definite[base] = definite if printed else base  # "en extra regionstyrelse"
        return self._definite[base], "printed"

    def _short(self, meant: StandsFor, kind: str, block: int, at: int) -> tuple[str, str] | None:
        """The body a bare form stands for: that of its heading, the one that meets, or one the document names."""
        heading = self.heading(block)
        if heading and meant.names.search(heading.lower()):
            return heading, "heading"
        body = self.meta.body
        if body and meant.names.search(body.lower()):
            return body, "meeting"
        candidates = [name for name in self.named if meant.names.search(name.lower())]
        if len(candidates) == 1:
            return candidates[0], "document"
        if meant.several == "commonest" and candidates:
            return max(candidates, key=lambda name: self.named[name]), "document"
        if kind == "assembly":
            return self._assembly(body)
        if meant.several == "nearest" and candidates and 0 <= block < len(self.document.blocks):
            start = max(at, self.document.blocks[block].start)
            before = self.bodies.find(self.document.text, max(0, start - _NEAR), start)
            for named in reversed([n for n in before if n.type == "board" and not self.bodies.is_short(n.raw)]):
                name = self.bodies.base_form(named.raw)
                if name in candidates:
                    return name, "sentence"
        return None

    def _assembly(self, body: str | None) -> tuple[str, str] | None:
        """The assembly of a document that never names it in full, by what else it names."""
        for words, assembly in self.bodies.assemblies:
            if (body and words.match(body)) or words.search(self.document.text):
                return assembly, "document"
        return None


def _printed(raw: str, name: str, at: int) -> tuple[str, int]:
    """The words of ``raw`` from ``at`` on that stand for one name of its split, and where they end: the whole name, or as much of its
    end as is printed where a quantifier or head was spread over it ("förvaltningar" for "samtliga förvaltningar")."""
    words = name.strip(' ,;:."”').split(" ")
    for first in range(len(words)):
        part = " ".join(words[first:])
        found = raw.find(part, at)
        if found >= 0:
            if first and found > at and not raw[at:found].strip(" ,;") and not at:
                part, found = raw[:found] + part, 0
            return part, found + len(part)
    return raw, len(raw)
