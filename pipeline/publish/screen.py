"""Private persons in a text: their names, and the numbers and addresses that lead to them. Who is private is rule data
(rules/sv/private.toml).

Whatever looks like a person and is not known as an elected member or an official is private: doubt masks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rules.ruleset import Rules
from rules.schema import MaskRule, Pattern, expand

_WORD = re.compile(r"[^\W\d_]+(?:(?:[-'’]|-\n)[^\W\d_]+)*")
_GAP = re.compile(r"\.?[ \u00a0]{1,3}|\.?[ ]*\n[ ]*")
_CHUNK = re.compile(r"[^\W\d_]+")
_BEHIND = re.compile(r"[ \u00a0]?(?:,[ \u00a0\n]?|[ ]?/[ \n]?|[ ][–-][ ]|\((?=[^\W\d_]{4}))((?:[^\W\d_][^\W\d_.:-]*[ ]?){1,4})")
_BELOW = re.compile(r"[ \u00a0]*\n[ ]*([^\n]{3,60})(?:\n|\Z)")
_NEXT = re.compile(r"[ \u00a0]([^\W\d_]+)")
_LONGEST = 5  # words of a name


@dataclass(frozen=True, slots=True)
class Private:
    """``text[start:end]`` is masked as ``kind`` ("name", "phone" …); ``why`` says what told: cue, given_name, surname, doubt, again
    (a name masked elsewhere), number."""

    start: int
    end: int
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str

    @property
    def is_name(self) -> bool:
        """Written like part of a name: one capital, or all of them."""
        return self.text[0].isupper()


def folded(name: str) -> str:
    """A name as it is compared: composed, lower case, hyphens of line ends gone.

    >>> folded("Elsy Bro-\\nMANDER")
    'elsy bromander'
    """
    return " ".join(re.sub(r"-\n(?=[^\W\d_])", "", unicodedata.normalize("NFC", name)).casefold().split())


def plain(word: str) -> str:
    """``word`` as file names and addresses spell it: lower case, without diacritics.

    >>> plain("Sköldeby")
    'skoldeby'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


def _bare(word: str) -> str:
    """Without the genitive's s."""
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _any(patterns: Sequence[Pattern], rules: Rules) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{expand(p.pattern, rules.language.macros)})" for p in patterns))


class Grammar:
    """The compiled rules. One a process."""

    def __init__(self, rules: Rules) -> None:
        file = rules.language.private
        self.rules = rules
        self.role = _any(file.kept_role, rules)
        self.role_gap = _any(file.role_gap, rules)
        self.party = _any(file.party, rules)
        self.cue = _any(file.cue, rules)
        self.named_after = _any(file.named_after, rules)
        self.not_person = _any(file.not_person, rules)
        self.opening = _any(file.opening, rules)
        self.surname = _any(file.surname, rules)
        self.office = _any(file.official_contact, rules)
        self.given = {folded(name) for name in file.given_names.words}
        self.particles = frozenset(file.particles.words)
        self.masks: list[tuple[MaskRule, re.Pattern[str], re.Pattern[str] | None]] = [
            (
                m,
                re.compile(expand(m.pattern, rules.language.macros)),
                re.compile(expand(m.kept, rules.language.macros)) if m.kept not in ("", "official") else None,
            )
            for m in file.mask
        ]
        self.replacements = file.replacements.model_dump()

    def is_given(self, word: str) -> bool:
        """Whether a word is a given name: "Elsy", "Britt-Mari", "ELSYS"."""
        low = folded(word)
        return low in self.given or _bare(low) in self.given or ("-" in low and low.partition("-")[0] in self.given)

    def is_role(self, text: str) -> bool:
        """Whether a text opens with a role of an elected member or an official."""
        return self.role.match(text) is not None


@dataclass
class Archive:
    """What holds for a whole archive: ``elected`` by organisation, ``masked`` full names, words of ``places``; all folded."""

    elected: dict[str | None, set[str]] = field(default_factory=dict)
    masked: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


class Screen:
    """One document: first :meth:`learn` its texts, then :meth:`find` or :meth:`masked`, in any order.

    ``officials`` are the names the document itself gives a role (as (name, role)); roles that do not keep a name are left out here.
    """

    def __init__(
        self, grammar: Grammar, archive: Archive, organisation: str | None, persons: Iterable[tuple[str, str | None]] = ()
    ) -> None:
        self.grammar = grammar
        self.archive = archive
        self.kept: set[str] = {folded(n) for n, role in persons if role and (grammar.is_role(role) or grammar.party.match(f"({role})"))}
        self.elected = archive.elected.get(organisation, set())
        self.names: set[str] = set()
        self.tokens: set[str] = set()
        self.common: set[str] = set()
        self._kept_tokens: set[str] = set()

    def learn(self, texts: Iterable[str]) -> None:
        """Takes in who is named how in the texts of this document; to be called once."""
        composed = [unicodedata.normalize("NFC", text) for text in texts]
        for text in composed:
            self.common.update(w for w in re.findall(r"[^\W\d_]{2,}", text) if w.islower())
            for run in self._runs(text):
                self._learn_kept(text, run)
        self._kept_tokens = {token for name in self.kept for token in name.split()}
        for text in composed:
            for found, words in self._persons(text):
                self._learn_private(found, words)

    def _learn_private(self, found: Private, words: list[_Word]) -> None:
        grammar = self.grammar
        if found.why == "doubt":
            return
        if len(words) > 1:
            name = folded(" ".join(w.text for w in words))
            self.names |= {name, _bare(name)}
        for word in words:
            for part in (folded(word.text), *(folded(word.text).split("-") if "-" in word.text else ())):
                if len(part) > 2 and part not in grammar.particles and part not in self.archive.places:
                    self.tokens |= {part, _bare(part)} if word is words[-1] else {part}

    def find(self, text: str, *, loose: bool = False) -> list[Private]:
        """What to mask in a text, in order, without overlaps. ``loose``: also in file names ("skrivelse_elsy_bromander.pdf")."""
        found = [p for p, _ in self._persons(text)]
        found += self._again(text, found, loose=loose)
        found += self._numbers(text, found)
        return _apart(found)

    def masked(self, text: str, *, loose: bool = False, count: Callable[[Private], None] | None = None) -> str:
        """The text with what is private replaced. ``count`` is told of each place."""
        text = unicodedata.normalize("NFC", text)
        parts, at = [], 0
        for private in self.find(text, loose=loose):
            parts += [text[at : private.start], self.grammar.replacements[private.kind]]
            at = private.end
            if count is not None:
                count(private)
        return "".join([*parts, text[at:]]) if parts else text

    # ------------------------------------------------------------------------------------------------------------ names

    def _runs(self, text: str) -> Iterator[list[_Word]]:
        """Capitalised words beside each other, particles between them included."""
        run: list[_Word] = []
        for match in _WORD.finditer(text):
            word = _Word(match.start(), match.end(), match.group())
            joined = run and _GAP.fullmatch(text, run[-1].end, word.start)
            if joined and "." in text[run[-1].end : word.start] and len(run[-1].text) > 1:
                joined = None  # a full stop; after an initial it is none
            if not joined or not (word.is_name or word.text in self.grammar.particles):
                if run:
                    yield _trimmed(run)
                run = []
            if word.is_name or (run and word.text in self.grammar.particles):
                run.append(word)
        if run:
            yield _trimmed(run)

    def _learn_kept(self, text: str, run: list[_Word]) -> None:
        """Names beside a party or a role in the text itself."""
        for segment, signed in self._segments(run):
            if signed:  # "Karin Ek Per Lind / Sekreterare Ordförande": columns of a signature block
                for name in self._apart(segment):
                    self._keep(name, name)
                continue
            if not 2 <= len(segment) <= _LONGEST:
                continue
            behind = text[segment[-1].end : segment[-1].end + 90]
            if self.grammar.party.match(behind):
                self._keep(segment[-2:] if len(segment) > 2 and not self.grammar.is_given(segment[0].text) else segment, segment)
            elif self._has_role(text, segment, behind):
                for name in self._apart(segment):
                    self._keep(name, name)

    def _apart(self, words: list[_Word]) -> Iterator[list[_Word]]:
        """Names that stand beside each other, each from its given name on; at least two words a name."""
        name: list[_Word] = []
        for word in words:
            if len(name) >= 2 and self.grammar.is_given(word.text):
                yield name
                name = []
            name.append(word)
        if len(name) >= 2:
            yield name

    def _keep(self, words: Sequence[_Word], segment: Sequence[_Word]) -> None:
        for part in (words, segment):
            self.kept.add(folded(" ".join(w.text for w in part)))

    def _has_role(self, text: str, segment: Sequence[_Word], behind: str) -> bool:
        role = self.grammar.is_role
        before = text[max(segment[0].start - 60, 0) : segment[0].start]
        gap = self.grammar.role_gap.search(before)
        if gap and any(self._is_whole_role(label) for label in _last_words(before[: gap.start()])):
            return True
        after = _BEHIND.match(behind)
        if after:
            words = after.group(1).split()
            if any(role(" ".join(words[n:])) for n in range(min(len(words), 2))):
                return True
        below = _BELOW.match(behind)
        if below:
            line = below.group(1).strip()
            opening = line.split()[0] if line.split() else ""
            return len(line.split()) <= 5 and not line.endswith(".") and role(line) and not opening.endswith(("n", "na"))
        return False

    def _is_whole_role(self, text: str) -> bool:
        match = self.grammar.role.match(text)
        return match is not None and match.end() == len(text)

    def _segments(self, run: list[_Word]) -> Iterator[tuple[list[_Word], bool]]:
        """A run cut at words of roles; with each piece whether such a word, not in definite form, follows: "Karin Ek / Sekreterare"."""
        segment: list[_Word] = []
        for word in run:
            if self.grammar.is_role(word.text) and not self.grammar.is_given(word.text):
                if segment:
                    yield segment, not word.text.endswith(("n", "na"))
                segment = []
            else:
                segment.append(word)
        if segment:
            yield segment, False

    def _persons(self, text: str) -> list[tuple[Private, list[_Word]]]:
        made: list[tuple[Private, list[_Word]]] = []
        for run in self._runs(text):
            for segment, _ in self._segments(run):
                for piece in self._without_kept(text, segment):
                    made += self._judge(text, piece)
        return made

    def _without_kept(self, text: str, segment: list[_Word]) -> Iterator[list[_Word]]:
        """What is left of a segment when the names that stay are taken out."""
        at = 0
        left: list[_Word] = []
        while at < len(segment):
            size = next((n for n in range(_LONGEST, 1, -1) if at + n <= len(segment) and self._stays(text, segment[at : at + n])), 0)
            if size:
                if left:
                    yield left
                left = []
                at += size
            else:
                left.append(segment[at])
                at += 1
        if left:
            yield left

    def _stays(self, text: str, words: Sequence[_Word]) -> bool:
        name = folded(" ".join(w.text for w in words))
        if name in self.kept or (name.endswith("s") and name[:-1] in self.kept):
            return True
        if name in self.elected or (name.endswith("s") and name[:-1] in self.elected):
            return self.grammar.cue.search(text[max(words[0].start - 80, 0) : words[0].start]) is None
        return False

    def _judge(self, text: str, words: list[_Word]) -> Iterator[tuple[Private, list[_Word]]]:
        grammar = self.grammar
        while words and grammar.opening.match(words[0].text) and not (len(words) > 1 and grammar.is_given(words[0].text)):
            words = words[1:]
        while words and words[0].text in grammar.particles:
            words = words[1:]
        if not words:
            return
        before = text[max(words[0].start - 80, 0) : words[0].start]
        if grammar.named_after.search(before):
            return
        cue = grammar.cue.search(before) is not None
        shouted = all(w.text.isupper() and len(w.text) > 1 for w in words)
        at = next((n for n, w in enumerate(words) if self._begins(words, n)), None)
        if at is not None:
            end = at + 1
            while end < len(words) and end - at < _LONGEST and not self._impersonal(words[end].text):
                if end - at >= 2 and grammar.is_given(words[end].text):
                    break
                end += 1
            person = words[at:end]
            while len(person) > 1 and person[-1].text in grammar.particles:
                person = person[:-1]
            if len(person) > 1 or cue or self._lone(text, words, at):
                yield _name(person, "cue" if cue else "given_name"), person
            if end < len(words):
                yield from self._judge(text, words[end:])
            return
        if shouted:
            return
        behind = _NEXT.match(text, words[-1].end)
        if any(self._impersonal(w.text) for w in words) or (behind and self._impersonal(behind.group(1))):
            return
        if cue:
            person = words[:_LONGEST]
            token = folded(person[0].text)
            elided = text[person[0].end : person[0].end + 1] == "-"  # "Klimat- och näringslivsdepartementet"
            if len(person) > 1 or (len(token) > 2 and not elided and token not in self.common and token not in self._kept_tokens):
                yield _name(person, "cue"), person
            return
        if self._opens(text, words[0].start) and folded(words[0].text) in self.common:
            words = words[1:]
        words = words[: next((n for n in range(1, len(words)) if "\n" in text[words[n - 1].end : words[n].start]), len(words))]
        if len(words) < 2:
            return
        if grammar.surname.match(_bare_name(words[-1].text)) and len(words[-1].text) > 3:
            yield _name(words, "surname"), words
        elif len(words) <= _LONGEST and not any(folded(w.text) in self.common or w.text.isupper() for w in words):
            yield _name(words, "doubt"), words

    def _begins(self, words: list[_Word], n: int) -> bool:
        """Whether a person's name begins at a word: a given name with more behind it, or an initial with a family name."""
        word, rest = words[n].text, words[n + 1 :]
        if self.grammar.is_given(word) and folded(word) not in self.archive.places:
            return not rest or not self._impersonal(rest[0].text)
        initial = len(word) == 1 or (len(word) == 3 and word[1] == "-")
        family = rest[0].text if rest else ""
        return initial and word.isupper() and len(family) > 2 and family[1].islower() and not self._impersonal(family)

    def _impersonal(self, word: str) -> bool:
        low = folded(word)
        if low in self.archive.places or _bare(low) in self.archive.places:
            return True
        return self.grammar.not_person.match(re.sub(r"-\n", "", word)) is not None

    def _lone(self, text: str, words: list[_Word], at: int) -> bool:
        """Whether a given name with nothing behind it is a person: in the midst of a sentence, with no capitalised word before it."""
        word = words[at]
        if at > 0 or self._opens(text, word.start) or len(word.text) < 3 or word.text.isupper():
            return False
        token = _bare(folded(word.text))
        return token not in self._kept_tokens and folded(word.text) not in self._kept_tokens and token not in self.common

    @staticmethod
    def _opens(text: str, at: int) -> bool:
        """Whether a sentence, a line or a cell opens here."""
        before = text[:at].rstrip(" \u00a0")
        return not before or before[-1] in '.:!?\n•–-−|/(”"'

    def _again(self, text: str, found: list[Private], *, loose: bool) -> Iterator[Private]:
        """Names that are masked elsewhere in the document or, whole, in the archive."""
        names = self.names | (self.archive.masked - self.kept)
        taken = [(p.start, p.end) for p in found]
        for run in self._runs(text):
            at = 0
            while at < len(run):
                sizes = (n for n in range(_LONGEST, 1, -1) if at + n <= len(run))
                size = next((n for n in sizes if folded(" ".join(w.text for w in run[at : at + n])) in names), 0)
                if size and not self._stays(text, run[at : at + size]):
                    yield Private(run[at].start, run[at + size - 1].end, "name", "again")
                    taken.append((run[at].start, run[at + size - 1].end))
                at += size or 1
        if self.tokens:
            kept = self._kept_spans(text)
            for match in _WORD.finditer(text):
                if not match.group()[0].isupper() or any(a < match.end() and match.start() < b for a, b in (*taken, *kept)):
                    continue
                word = folded(match.group())
                parts = {word, _bare(word), *word.split("-")}
                if parts & self.tokens or any(len(t) > 5 and word.startswith(t) for t in self.tokens):
                    yield Private(match.start(), match.end(), "name", "again")
        if loose:
            yield from self._in_file_name(text)

    def _kept_spans(self, text: str) -> list[tuple[int, int]]:
        spans = []
        for run in self._runs(text):
            at = 0
            while at < len(run):
                size = next((n for n in range(_LONGEST, 1, -1) if at + n <= len(run) and self._stays(text, run[at : at + n])), 0)
                if size:
                    spans.append((run[at].start, run[at + size - 1].end))
                at += size or 1
        return spans

    def _in_file_name(self, text: str) -> Iterator[Private]:
        chunks = list(_CHUNK.finditer(text))
        tokens = {plain(t) for t in self.tokens if len(t) > 3}
        names = {plain(name) for name in self.names | (self.archive.masked - self.kept)}
        for n, chunk in enumerate(chunks):
            if plain(chunk.group()) in tokens:
                yield Private(chunk.start(), chunk.end(), "name", "again")
            for size in (2, 3):
                several = chunks[n : n + size]
                if len(several) == size and " ".join(plain(c.group()) for c in several) in names:
                    yield Private(several[0].start(), several[-1].end(), "name", "again")

    # ---------------------------------------------------------------------------------------------- numbers and addresses

    def _numbers(self, text: str, persons: list[Private]) -> Iterator[Private]:
        made: list[Private] = []
        for rule, pattern, kept in self.grammar.masks:
            for match in pattern.finditer(text):
                if rule.checked and not _has_check_digit(match.group()):
                    continue
                if kept is not None and self._at_an_office(kept, match.group()):
                    continue
                if (rule.kept == "official" or rule.kind == "email") and self._official(text, match.start(), match.end()):
                    continue
                if rule.near and not self._beside(text, match.start(), match.end(), [*persons, *made]):
                    continue
                made.append(Private(match.start(), match.end(), rule.kind, "number"))
        yield from made

    def _at_an_office(self, kept: re.Pattern[str], address: str) -> bool:
        """Whether an e-mail address is one of an office, or at the domain of an organisation of the archive."""
        spelt = plain(address.replace(" ", ""))
        domain = re.split(r"@|\(at\)|\[at\]", spelt)[-1]
        return kept.search(spelt) is not None or any(plain(place) in domain for place in self.archive.places if len(place) > 4)

    def _official(self, text: str, start: int, end: int) -> bool:
        """Whether an office stands on the line of a number, or an elected member or an official there or on the two lines above."""
        lines = text[:start].split("\n")
        line = lines[-1] + text[end:].split("\n", 1)[0]
        if self.grammar.office.search(line):
            return True
        near = "\n".join([*lines[-3:-1], line])
        if any(word.is_name and self.grammar.is_role(word.text) for run in self._runs(near) for word in run):
            return True
        return bool(self._kept_spans(near))

    @staticmethod
    def _beside(text: str, start: int, end: int, private: list[Private]) -> bool:
        """Whether something else private stands on the same line, the one above or the one below."""
        low = text.rfind("\n", 0, max(text.rfind("\n", 0, start), 0)) + 1
        newline = text.find("\n", end)
        high = text.find("\n", newline + 1) if newline >= 0 else len(text)
        high = len(text) if high < 0 else high
        return any(p.start < high and p.end > low and p.why != "doubt" for p in private)


def _last_words(text: str) -> Iterator[str]:
    """The last word of a text, its last two and its last three, on one line."""
    words = list(re.finditer(r"[^\W\d_][^\W\d_:-]*", text.rpartition("\n")[2] or text))[-3:]
    line = text.rpartition("\n")[2] or text
    if words and words[-1].end() == len(line):
        yield from (line[word.start() :] for word in reversed(words))


def _trimmed(run: list[_Word]) -> list[_Word]:
    while len(run) > 1 and not run[-1].is_name:
        run = run[:-1]
    return run


def _bare_name(word: str) -> str:
    """A family name without the genitive's s, where it is one: "Bromanders", not "Ås"."""
    word = re.sub(r"-\n", "", word)
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ius", "fors")) else word


def _name(words: Sequence[_Word], why: str) -> Private:
    return Private(words[0].start, words[-1].end, "name", why)


def _apart(found: Iterable[Private]) -> list[Private]:
    """In text order; of overlapping ones the longer, and the overlap is masked with it."""
    made: list[Private] = []
    for private in sorted(found, key=lambda p: (p.start, -p.end)):
        if made and private.start < made[-1].end:
            if private.end > made[-1].end:
                made[-1] = Private(made[-1].start, private.end, made[-1].kind, made[-1].why)
            continue
        made.append(private)
    return made


def _has_check_digit(printed: str) -> bool:
    """Whether the last ten digits have the check digit of a personnummer (Luhn)."""
    digits = [int(c) for c in printed if c.isdigit()][-10:]
    return len(digits) == 10 and sum(sum(divmod(d * (2 - n % 2), 10)) for n, d in enumerate(digits)) % 10 == 0
