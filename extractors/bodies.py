"""Bodies, officers, companies and groups: finding them in text, splitting lists of them, and their base form.

Who stands in a slot is decided by word order (extractors/frames.py). What is here names and normalises: "hälso- och
sjukvårdsnämnden" is one body, "A, B och C" three, "samtliga nämnder och styrelser" two groups under one quantifier.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from extractors.model import Span, record
from rules.expressions import expression
from rules.ruleset import Rules
from rules.schema import OrganisationFile, expand
from rules.shortlists import Sighted

_WORD = expression(r"[A-Za-zÅÄÖåäöÉéÜü][A-Za-zÅÄÖåäöÉéÜü-]*")
ACRONYM = 6
"""Letters of the longest name that is printed in capitals because it is short for something."""
_CASED = ("company", "authority")
"""Types that are told by their capitals; every other head is the same word at the start of a sentence."""


class Named(NamedTuple):
    """A body found in a text: where, as printed, and of what type."""

    span: Span
    raw: str
    type: str


@dataclass(frozen=True, slots=True)
class StandsFor:
    """The names a bare form may stand for, in lower case, and what is taken where a document names several."""

    names: re.Pattern[str]
    several: str


class Bodies:
    """Everything about bodies under one set of rules and one organisation (or none)."""

    def __init__(self, rules: Rules, organisation: OrganisationFile | None) -> None:
        heads = rules.language.bodies.head
        macros = rules.language.macros
        self.rules = rules
        self.organisation = organisation
        spelt = {h.id: expand(h.form, macros) if h.type in _CASED else f"(?i:{expand(h.form, macros)})" for h in heads}
        self.types = [(h.type, expression(rf"(?:{spelt[h.id]})$")) for h in heads]
        self.stems = sorted({stem for h in heads if h.type != "group" for stem in h.stems})
        self.landmarks = rules.landmarks
        self.stem_numbers = frozenset(self.landmarks.numbers[stem] for stem in self.stems)
        self._heads: dict[str, str] = {}
        self._shorts: dict[str, str] = {}
        self._types: dict[str, str] = {}
        self._parts: dict[str, bool] = {}
        self._bases: dict[str, str] = {}
        self._going_on: dict[str, tuple[bool, bool]] = {}
        self.short = {s.lower(): h.type for h in heads for s in h.short}
        self.unclear = frozenset(rules.language.bodies.unclear.words)
        self.base = rules.language.bodies.base_form
        self.definite, self.own_party = rules.language.bodies.definite, rules.grammar("own_party")
        self.full_name, self.named_after = rules.regex(rules.language.bodies.full_name), rules.regex(rules.language.bodies.named_after)
        self.assemblies = [(rules.regex(rule), rule.assembly) for rule in rules.language.bodies.assembly]
        self.place_noun = rules.grammar("place_noun")
        self.company_ends, self.company_begins = rules.grammar("company_ends"), rules.grammar("company_begins")
        self.company_around = rules.grammar("company_around")
        self.small_word, self.compound_head = rules.grammar("small_word"), rules.grammar("compound_head")
        stands_for = rules.language.bodies.stands_for
        self._stands_for = [(rules.regex(rule), StandsFor(expression(expand(rule.names, macros)), rule.several)) for rule in stands_for]
        quantifiers = sorted(rules.language.word_order.quantifiers.words, key=len, reverse=True)
        self.quantifier = expression(rf"(?:{'|'.join(re.escape(q) for q in quantifiers)})\s", re.IGNORECASE)
        self.named_for = rules.grammar("named_for")
        self.ellipsis = rules.at_end("ellipsis_before")
        partners = sorted(rules.language.word_order.partner_openers.words, key=len, reverse=True)
        self.partner = expression(rf",?\s?\b(?:{'|'.join(re.escape(p) for p in partners)})\s", re.IGNORECASE)
        # NOTE: of one case and with a literal first, since it is sought through whole tasks
        self.partner_later = expression(rf" (?:{'|'.join(re.escape(p) for p in partners)})\s")
        self.not_party = [rules.regex(p) for p in rules.language.bodies.not_a_party]
        self.abbreviations: dict[str, str] = dict(rules.language.bodies.acronyms)
        self.full_names: dict[str, str] = {}
        for body in organisation.bodies if organisation else []:
            for name in [*body.short, *body.also]:
                self.abbreviations[name] = body.name
            self.full_names[body.name.lower()] = body.name
        for role in organisation.roles if organisation else []:
            for name in role.short:
                self.abbreviations[name] = role.name
        names = sorted(self.abbreviations, key=len, reverse=True)
        # NOTE: the first letter before what must not stand before it, so that the search can jump from capital to capital
        spelled = "|".join(rf"{re.escape(n[0])}(?<![\w/]{re.escape(n[0])}){re.escape(n[1:])}" for n in names)
        self.abbreviation = expression(rf"(?:{spelled})(?![\w/:–-]|\s\d{{2,}}[-–/:.](?!\d\d-\d\d(?!\d))|\d)") if names else None

    # ---------------------------------------------------------------------------------------------------------- finding

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[Named]:
        """The bodies, officers and companies named in ``text[start:end]``, left to right, with what belongs to their names.

        Word by word: what a word is, is remembered, since minutes say the same few thousand words again and again.
        """
        end = len(text) if end is None else end
        found: list[Named] = []
        heads = self._heads
        for at, stop in self._words(text, start, end):
            word = text[at:stop]
            kind = heads.get(word)
            if kind is None:
                kind = heads[word] = self._head_of(word)
            if not kind:
                continue
            low, high = at, stop
            if kind == "AB":
                company = self.company_ends.search(text, max(start, low - 90), high)
                if company is None:
                    continue
                low = company.start()
                around = self.company_around.match(text, low, end)
                if around is not None and around.end() == high:
                    high = around.end("own")
            elif kind == "AB+":
                following = self.company_begins.match(text, low, end)
                if following is None:
                    continue
                high = following.end()
            else:
                ellipsis = self.ellipsis.search(text, max(start, low - 40), low)
                if ellipsis is not None:
                    low = ellipsis.start()
            taken = found[-1].span if found else None
            if taken is not None and kind != "AB" and low < taken.end and (low < taken.start or at < taken.end):
                continue
            low = self._left(text, low, max(start, text.rfind("\n", start, low) + 1))
            line_end = text.find("\n", high, end)
            high = self._right(text, high, end if line_end < 0 else line_end)
            while found and found[-1].span.start >= low:
                found.pop()  # "Regionstyrelsens arbetsutskott": the owner is part of the name
            raw = text[low:high]
            found.append(record(Named, (record(Span, (low, high)), raw, self.type_of(raw))))
        if self.abbreviation is not None:
            starts = [n.span.start for n in found]
            extra: list[Named] = []
            for match in self.abbreviation.finditer(text, start, end):
                at = bisect_right(starts, match.start()) - 1
                if at >= 0 and found[at].span.end > match.start():
                    continue
                extra.append(Named(Span(*match.span()), match.group(), "board"))
            if extra:
                found = sorted([*found, *extra], key=lambda n: n.span)
        return found

    def _words(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """The words of ``text[start:end]`` that hold the stem of a head: found stem by stem, which is quicker than word by word."""
        sighted = self.landmarks.at_hand(text)
        if sighted is not None:
            return self._words_sighted(text, start, end, sighted)
        area = text[start:end]
        lower = area.lower()
        if len(lower) != len(area):
            return [match.span() for match in _WORD.finditer(text, start, end)]
        places: set[tuple[int, int]] = set()
        for stem in self.stems:
            at = lower.find(stem)
            while at >= 0:
                low, high = at, at + len(stem)
                while low > 0 and (area[low - 1].isalpha() or area[low - 1] == "-"):
                    low -= 1
                while high < len(area) and (area[high].isalpha() or area[high] == "-"):
                    high += 1
                while low < high and area[low] == "-":
                    low += 1
                places.add((start + low, start + high))
                at = lower.find(stem, high)
        at = area.find("AB")
        while at >= 0:
            if (at == 0 or not area[at - 1].isalnum()) and (
                at + 2 == len(area) or not area[at + 2].isalpha() or area[at + 2 : at + 3] == "s"
            ):
                places.add((start + at, start + at + 2))
            at = area.find("AB", at + 2)
        return sorted(places)

    def _words_sighted(self, text: str, start: int, end: int, sighted: Sighted) -> list[tuple[int, int]]:
        """As :meth:`_words`, in a document whose landmarks are found."""
        places: set[tuple[int, int]] = set()
        done = start
        for low, high in sighted.inside(start, end, self.stem_numbers):
            if high <= done:
                continue  # another stem of the word before
            while low > start and (text[low - 1].isalpha() or text[low - 1] == "-"):
                low -= 1
            while high < end and (text[high].isalpha() or text[high] == "-"):
                high += 1
            done = high
            while low < high and text[low] == "-":
                low += 1
            places.add((low, high))
        at = text.find("AB", start, end)
        while at >= 0:
            if (at == start or not text[at - 1].isalnum()) and (at + 2 == end or not text[at + 2].isalpha() or text[at + 2] == "s"):
                places.add((at, at + 2))
            at = text.find("AB", at + 2, end)
        return sorted(places)

    def _head_of(self, word: str) -> str:
        """The type of a single word by its form, "AB" for a company's mark, "" for any other word."""
        if word in ("AB", "ABs"):
            return "AB"
        if word.endswith("-"):
            return ""  # "på styrelse- och nämndnivå"
        for kind, form in self.types:
            if kind != "group" and form.fullmatch(word):
                return kind
        return ""

    def _left(self, text: str, low: int, start: int) -> int:
        """Takes in "Göteborgs Stads", "regionstyrelsens", "Regionala", a quantifier, before the head word."""
        while True:
            before = text[max(start, low - 40) : low]
            if not before[-1:].isspace() or before[-2:-1].isspace() or len(before) < 2:
                return low
            word = before.split()[-1]
            part = self._parts.get(word)
            if part is None:
                part = self._parts[word] = self._may_lead(word)
            if part:
                low -= len(word) + 1
                continue
            ellipsis = self.ellipsis.search(text, max(start, low - 60), low)  # "barn- och utbildningsnämndens arbetsutskott"
            if ellipsis is None:
                return low
            low = ellipsis.start()

    def _may_lead(self, word: str) -> bool:
        """Whether a word before a head is of the name: a genitive, a quantifier or an adjective of names."""
        board = self.rules.grammar("genitive_board")
        genitive = word.endswith("s") and (word[0].isupper() or bool(board.search(word)))
        genitive = genitive or (word.isupper() and bool(board.search(word.lower())))  # "NÄMNDENS ARBETSUTSKOTT"
        adjective = bool(self.rules.grammar("name_adjective").match(word))
        return genitive or adjective or word.lower() in self._quantifier_words()

    def _quantifier_words(self) -> frozenset[str]:
        cached: frozenset[str] | None = self.rules.memo.get("quantifier_words")
        if cached is None:
            cached = self.rules.memo["quantifier_words"] = frozenset(
                w for q in self.rules.language.word_order.quantifiers.words for w in q.split()
            )
        return cached

    def _right(self, text: str, high: int, end: int) -> int:
        """Takes in "… för arbetsmarknad och vuxenutbildning" and a proper name as in "socialnämnd Centrum"."""
        head = text[max(text.rfind(" ", 0, high), text.rfind("\n", 0, high)) + 1 : high].lower()
        goes_on = self._going_on.get(head)
        if goes_on is None:
            general, named = self.rules.grammar("general_head").match(head), self.rules.grammar("named_head").search(head)
            goes_on = self._going_on[head] = (general is not None, named is not None)
        if goes_on[0]:
            match = self.rules.grammar("general_head_goes_on").match(text[high:end])
            if match:
                return high + match.end()
        if goes_on[1]:
            match = re.match(r"\s(?!AB\b)(?P<name>[A-ZÅÄÖ][a-zåäö]+)(?=[\s,.;:]|$)", text[high:end])
            if match and match.group("name") not in self.rules.language.bodies.not_names.words:
                of = self.place_noun.match(text, high + match.end(), end) if match.group("name").endswith("s") else None
                return of.end() if of is not None else high + match.end()
        return high

    def type_of(self, raw: str) -> str:
        """The type of a name by its head word; "" where no head is known."""
        known = self._types.get(raw)
        if known is None:
            known = self._types[raw] = self._type_of(raw)
        return known

    def _type_of(self, raw: str) -> str:
        plain = self.rules.grammar("name_goes_on").sub("", raw)
        unit = self.rules.grammar("unit_with_name").match(plain)
        plain = unit.group("unit") if unit is not None else plain
        for candidate in (plain, plain.rsplit(" ", 1)[0] if " " in plain else plain):
            for kind, form in self.types:
                if form.search(candidate):
                    return kind
        return "board" if raw in self.abbreviations else ""

    # -------------------------------------------------------------------------------------------------------- splitting

    def split(self, raw: str) -> list[str]:
        """The parties in a noun phrase as printed: one name each, the quantifier or shared head spread over its conjuncts.

        "samtliga nämnder och förvaltningar" -> ["samtliga nämnder", "samtliga förvaltningar"];
        "Äldre samt vård- och omsorgsnämnden" stays one.
        """
        raw = self.rules.grammar("restrictive").sub("", raw.strip(" ,;:"))
        if not raw:
            return []
        parts = self.rules.grammar("list_joint").split(raw)
        names = parts[0::2]
        joints = parts[1::2]
        if joints == [", "] and self.type_of(names[1]) == "company" and self.rules.grammar("company_called").match(names[0]):
            return [names[1]]  # "det kommunala bostadsbolaget, Ekforshem AB": one, called and named
        merged: list[str] = [names[0]]
        plural = self.rules.grammar("shared_plural_head").match(names[0]) is not None
        opened = False
        for number, (joint, name) in enumerate(zip(joints, names[1:], strict=True)):
            before = merged[-1]
            if opened:
                merged[-1] = before + joint + name
                opened = name.endswith("-")
                continue
            typed = bool(self.type_of(before)) or (plural and before[:1].isupper())  # "socialnämnderna Norr och Syd, samt äldre- och …"
            if typed and self._opens_compound(before, name, joints[number + 1 :], names[number + 2 :]):
                merged.append(name)
                opened = True
            elif (
                name.endswith("-")
                and self.rules.grammar("ends_for_word").search(before)
                and number + 2 < len(names)
                and not self.type_of(names[number + 2])
            ):
                merged[-1] = before + joint + name  # "nämnden för äldre samt vård- och omsorg"
            elif not before or self._belongs(before, name, joint, len(merged) == 1):
                merged[-1] = before + joint + name
            else:
                merged.append(name)
        return [n for n in self._spread(merged) if n]

    def _opens_compound(self, before: str, name: str, joints: list[str], names: list[str]) -> bool:
        """Whether a headless word begins a name whose head comes after och/samt: ", äldre samt vård- och omsorgsnämnden"."""
        if (
            not joints
            or not self.rules.grammar("and_joint").match(joints[0])
            or " " in name
            or not name[:1].islower()
            or name.endswith("-")
        ):
            return False
        if self.type_of(name) or self.rules.grammar("ends_for_word").search(before):
            return False
        following = names[0]
        return following[:1].islower() and (bool(self.type_of(following)) or following.endswith("-"))

    def _belongs(self, before: str, name: str, joint: str, first: bool) -> bool:
        """Whether ``name`` goes on the name before it rather than beginning one."""
        last = before.rsplit(" ", 1)[-1]
        if last.endswith("-"):
            return True  # "hälso- och sjukvårdsnämnden"
        if self.rules.grammar("company_goes_on").match(f"{before}{joint}{name}") and not self.type_of(before):
            return True  # "Eskilstuna Energi och Miljö AB"
        if name[:1].isupper() and " " not in name and self.rules.grammar("plural_at_places").match(before):
            return True  # "rektorerna vid Talludden och Hedskolan"
        has_head = bool(self.type_of(name)) or name in self.abbreviations
        if name.endswith("-") and (self.type_of(before) or "," in joint):
            return False  # "styrelsen, hälso- och sjukvårdsnämnden": the ellipsis opens the next name
        if not has_head:
            if name[:1].isupper():
                # "socialnämnderna Nordost, Hisingen och Sydväst" and lists of companies: a name of its own
                joined = self.rules.grammar("and_joint").match(joint) and self.rules.grammar("ends_for_word").search(before)
                return before.endswith(" &") or bool(joined)
            # "nämnden för demokrati och medborgarservice", but "byggnadsnämnden samt räddningstjänsten"
            return not (self.type_of(before) and self.rules.grammar("definite_word").match(name) and not self.named_for.search(before))
        if not self.type_of(before) and before not in self.abbreviations:
            if first and name[:1].islower() and not self.quantifier.match(name) and self.rules.grammar("and_joint").match(joint):
                return True  # "Kretslopp och vattennämnden", "Äldre samt vård- och omsorgsnämnden"
            if self.rules.grammar("ends_for_word").search(before) and name[:1].islower():
                return True
        return False

    def _spread(self, names: list[str]) -> list[str]:
        """Spreads a quantifier, a genitive owner or a plural head over the names that share it."""
        if len(names) < 2:
            return names
        out = [names[0]]
        quantifier = self._leading(names[0])
        plural = self.rules.grammar("shared_plural_head").match(names[0])
        for name in names[1:]:
            own = self._leading(name)
            if quantifier and not own and name[:1].islower():
                name = quantifier + name
            elif own:
                quantifier = own
            elif plural and name[:1].isupper() and not self.type_of(name):
                name = f"{plural.group('head')}en {name}"
            else:
                quantifier = quantifier if name[:1].islower() else ""
            out.append(name)
        if plural and any(n.startswith(plural.group("head")) for n in out[1:]):
            out[0] = f"{plural.group('head')}en {names[0][plural.end() :]}"
        return out

    def _leading(self, name: str) -> str:
        """The quantifier and owner that lead a plural group: "Samtliga ", "Göteborgs Stads ", "övriga berörda "."""
        rest = name
        while True:
            match = self.quantifier.match(rest) or re.match(
                r"[A-ZÅÄÖ][\wåäö-]*s\s(?=[A-ZÅÄÖ][\wåäö-]*s\s|[a-zåäö]+(?:er|or|ar|liga|alla)\b)", rest
            )
            if match is None:
                break
            rest = rest[match.end() :]
        lead = name[: len(name) - len(rest)]
        plural = self.rules.grammar("plural_group").search(rest)
        one = self.rules.grammar("each_of").search(lead)
        return lead if lead and (plural or one) else ""

    def partners(self, text: str) -> tuple[str, str]:
        """``text`` without its partner phrase ("X, i samverkan med Y,"), and the phrase's parties as printed ("" if none)."""
        match = self.partner.search(text)
        if match is None:
            return text, ""
        rest = text[match.end() :]
        return text[: match.start()].rstrip(" ,"), rest.strip(" ,")

    # ------------------------------------------------------------------------------------------------------ base form

    def base_form(self, raw: str) -> str:
        """``raw`` with a genitive undone and a capital first: "regiondirektörens" -> "Regiondirektören"."""
        known = self._bases.get(raw)
        if known is None:
            known = self._bases[raw] = self._base_form(raw)
        return known

    def _base_form(self, raw: str) -> str:
        name = re.sub(r"\s+", " ", raw.strip(" ,;:.")).strip()
        if name in self.abbreviations:
            return self.abbreviations[name]
        if name.isupper() and len(name) > ACRONYM and self.type_of(name) in ("board", "assembly", "committee"):
            name = name.capitalize()  # "TEKNISKA NÄMNDEN", in a heading
        own = self.own_party.match(name)
        if own is not None:  # "sin förvaltning", "sitt kontor"
            name = name[own.end() :]
            head = next((form for form in self.definite if name.lower().endswith(form)), None)
            name = name[: len(name) - len(head)] + self.definite[head] if head is not None else name
        words = name.split(" ")
        last = words[-1]
        for printed, base in self.base.items():
            if last.lower().endswith(printed.lower()):
                words[-1] = last[: len(last) - len(printed)] + base if last.endswith(printed) else last[: -len(printed)] + base
                break
        name = " ".join(words)
        if name.lower() in self.full_names:
            return self.full_names[name.lower()]
        return name[:1].upper() + name[1:]

    def is_party(self, raw: str) -> bool:
        """Whether a slot's content can be somebody: no pronoun, no thing, no empty string."""
        return bool(raw) and any(c.isalpha() for c in raw) and not any(r.search(raw) for r in self.not_party)

    def initials(self, name: str) -> str:
        """The letters a board's name is shortened to: "Barn- och utbildningsnämnden" -> "BUN", "Kommunstyrelsen" -> "KS"."""
        words = [w for w in re.split(r"[\s-]+", name) if w and not self.small_word.match(w)]
        letters = [w[0].upper() for w in words]
        head = self.compound_head.search(words[-1]) if words else None
        return "".join(letters) + (head.group("head")[0].upper() if head is not None and head.start("head") > 0 else "")

    def stands_for(self, raw: str) -> StandsFor | None:
        """What a bare form ("nämnden", "direktörens") may stand for; None for a name of its own."""
        return next((meant for form, meant in self._stands_for if form.search(raw.strip().lower())), None)

    def is_short(self, raw: str) -> str:
        """The type a bare form stands for ("nämnden" -> board), or ""."""
        known = self._shorts.get(raw)
        if known is None:
            known = self._shorts[raw] = self._is_short(raw)
        return known

    def _is_short(self, raw: str) -> str:
        base = raw.strip().lower()
        for printed, form in self.base.items():
            if base.endswith(printed.lower()):
                base = base[: -len(printed)] + form.lower()
                break
        return self.short.get(base, "")
