"""The language and the organisations, as data with its proof.

``load_rules()`` reads rules/sv/*.toml and rules/organisations/*/organisation.toml, refuses what does not hold, and gives the
extractors one frozen object whose ``fingerprint`` names exactly this set of rules.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from rules.compiled import ROOT
from rules.looks import look, needed
from rules.schema import (
    Language,
    OrganisationBody,
    OrganisationFile,
    OrganisationRole,
    Pattern,
    RejectionRule,
    RuleError,
    StatusCue,
    TriggerRule,
)
from rules.shortlists import AtEnd, Landmarks, Shortlist, SpanShortlist

__all__ = ["NO_ORGANISATION", "RuleError", "Rules", "check", "load_rules", "organisation_ids"]

P = TypeVar("P", bound=Pattern)

HERE = ROOT / "rules"
"""Not where this module lies: that may be among the machine code."""
_SEARCHED_FOR = ("should_stem", "reports_stem")
"""Stems of rules/sv/grammar.toml that are searched for in few texts and made of words that stand everywhere."""
_SAID_BY_DECISIONS = ("carries_mover", "carries_points", "carries_motion")
"""Turns of phrase that are looked for in every decision."""
NO_ORGANISATION = "none"
"""Name that asks for the language alone, no organisation folder at all."""


class Rules:
    """A proven set of rules. ``organisation`` is the one asked for (None: recognised from each document, among ``organisations``).

    ``memo``: what extractors compile from these rules, once; keyed by their own names.
    """

    def __init__(self, language: Language, organisations: tuple[OrganisationFile, ...], organisation: str | None, fingerprint: str) -> None:
        self.language, self.organisations, self.organisation, self.fingerprint = language, organisations, organisation, fingerprint
        self.memo: dict[str, Any] = {}
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._grammar: dict[str, re.Pattern[str]] = {}
        self._needed: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._landmarks: Landmarks | None = None
        self._turns_of_phrase: dict[str, Pattern] = {p.id.removeprefix("grammar."): p for p in language.grammar.rule}
        ids: dict[str, set[str]] = {}
        marked: list[TriggerRule | RejectionRule | StatusCue] = [*language.frames.trigger, *language.frames.rejection, *language.status.cue]
        for rule in marked:
            for mark in rule.marks:
                ids.setdefault(mark, set()).add(rule.id)
        self._marked = {mark: frozenset(found) for mark, found in ids.items()}

    def regex(self, pattern: Pattern) -> re.Pattern[str]:
        """The compiled form of one rule, compiled once."""
        found = self._compiled.get(pattern.id)
        if found is None:
            found = self._compiled[pattern.id] = pattern.compiled(self.language.macros)
        return found

    def grammar(self, name: str) -> re.Pattern[str]:
        """The compiled turn of phrase of rules/sv/grammar.toml with the id "grammar.NAME". Raises KeyError for one that is not there."""
        found = self._grammar.get(name)
        if found is None:
            found = self._grammar[name] = self.regex(self._turns_of_phrase[name])
        return found

    def at_end(self, name: str) -> AtEnd:
        """The turn of phrase that :meth:`grammar` gives, for texts that mostly do not end as it does."""
        known: AtEnd | None = self.memo.get(f"at_end.{name}")
        if known is None:
            known = self.memo[f"at_end.{name}"] = AtEnd(self.grammar(name))
        return known

    def needed(self, *names: str) -> tuple[str, ...]:
        """Words, in lower case, of which one stands in every text that one of these turns of phrase matches; "" where nothing is known."""
        if (words := self._needed.get(names)) is None:
            words = self._needed[names] = needed(map(self.grammar, names))
        return words

    def marked(self, mark: str) -> frozenset[str]:
        """The ids of the triggers, look-alikes and cues that carry a mark. Raises KeyError where none does."""
        return self._marked[mark]

    def turn_of_phrase(self, name: str) -> Pattern:
        """The rule whose compiled form :meth:`grammar` gives."""
        return self._turns_of_phrase[name]

    def first(self, name: str, patterns: Sequence[Pattern], text: str) -> tuple[Pattern, re.Match[str]] | None:
        """The first of ``patterns`` that matches at the start of ``text``, with its match.

        Those that a quick look rules out are not tried: that none matches is the common case.
        """
        shortlist: Shortlist[Pattern] | None = self.memo.get(f"first.{name}")
        if shortlist is None:
            shortlist = self.memo[f"first.{name}"] = self.shortlist(patterns, "matched")
        for pattern, regex in shortlist.of(text):
            match = regex.match(text)
            if match is not None:
                return pattern, match
        return None

    def shortlist(self, patterns: Sequence[P], tried: Literal["searched", "matched", "in part"] = "searched") -> Shortlist[P]:
        """The rules, of which a text is shown those that may match it; ``tried`` says how they are."""
        return Shortlist([(pattern, self.regex(pattern)) for pattern in patterns], tried)

    @property
    def landmarks(self) -> Landmarks:
        """What the rules that are looked for sentence by sentence need, for one pass over a document."""
        if self._landmarks is None:
            self._landmarks = self._all_landmarks()
        return self._landmarks

    def _all_landmarks(self) -> Landmarks:
        language = self.language
        looked_for: list[Pattern] = [
            *language.frames.trigger,
            *language.frames.rejection,
            *language.status.cue,
            *language.deadlines.rule,
            *language.deadlines.follow_on,
            *language.reports.rule,
            *map(self.turn_of_phrase, _SAID_BY_DECISIONS),
        ]
        stems = [pattern for name, pattern in self._turns_of_phrase.items() if name.endswith("_stem") and name not in _SEARCHED_FOR]
        dates = language.dates
        words = [
            *language.reports.stem,
            *(need for rule in language.references.rule for need in rule.needs),
            *(need for rule in language.persons.rule for need in rule.needs),
            *(start for rule in [*dates.rule, *dates.lookalike] for start in rule.starts),
            *(form for table in (dates.months, dates.seasons, dates.ordinals) for forms in table.values() for form in forms),
            *(stem for head in language.bodies.head for stem in head.stems),
            *(need for trigger in language.frames.trigger if trigger.voice not in ("duty", "shall") for need in trigger.needs),
            *language.word_order.reporting_verbs.words,
            *(word for unit in language.amounts.unit for word in unit.spelled),
            *self.needed("should_stem"),
        ]
        return Landmarks(
            [look(self.regex(pattern)) for pattern in looked_for],
            [look(self.regex(stem)) for stem in stems],
            {word.lower() for word in words if len(word) > 1 and any(c.isalpha() for c in word)},
            frozenset(language.word_order.prepositions.words),
        )

    def in_spans(self, patterns: Sequence[P]) -> SpanShortlist[P]:
        """The rules, of which a span of a document is shown those that may match in it."""
        return SpanShortlist([(pattern, self.regex(pattern)) for pattern in patterns], self.landmarks)

    def grammar_in_spans(self, name: str) -> SpanShortlist[Pattern]:
        """The turn of phrase that :meth:`grammar` gives, shown to a span of a document that may hold it."""
        return self.in_spans([self._turns_of_phrase[name]])

    def recognise(self, text: str) -> OrganisationFile | None:
        """The organisation a document is from: the one asked for, else the one whose marks stand most often in ``text``."""
        if self.organisation:
            return next((o for o in self.organisations if o.id == self.organisation), None)
        best = max(
            ((sum(text.count(mark) for mark in o.recognised_by), o) for o in self.organisations), key=lambda p: p[0], default=(0, None)
        )
        return best[1] if best[0] else None


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{path.name}: {error}") from error


def organisation_ids(root: Path = HERE) -> list[str]:
    """The organisations that have a folder (a folder whose name begins with "_" is a template)."""
    return sorted(p.parent.name for p in (root / "organisations").glob("*/organisation.toml") if not p.parent.name.startswith("_"))


@lru_cache(maxsize=8)
def load_rules(organisation: str | None = None, root: Path = HERE, *, prove: bool = True) -> Rules:
    """The rules, proven. ``organisation``: an id, NO_ORGANISATION for the language alone, None to recognise it per document.

    ``prove`` is False for a process that needs a few of the rules and whose workers prove all of them: proving compiles every expression,
    which takes most of a second. Raises RuleError with every problem found, one a line.
    """
    problems: list[str] = []
    digest = hashlib.sha256()
    files = sorted((root / "sv").glob("*.toml"))
    content: dict[str, object] = {}
    for path in files:
        digest.update(path.name.encode() + path.read_bytes())
        content[path.stem] = _read(path)
    try:
        language = Language.model_validate(content)
    except ValidationError as error:
        raise RuleError(
            "\n".join(f"sv/{e['loc'][0]}.toml: {'.'.join(str(x) for x in e['loc'][1:])}: {e['msg']}" for e in error.errors())
        ) from error
    seen: set[str] = set()
    for pattern in language.patterns:
        problems += pattern.problems(language.macros) if prove else []
        if pattern.id in seen:
            problems.append(f"{pattern.id}: two rules have this id")
        seen.add(pattern.id)
    for replacement in language.damage.replacement:
        regex = re.compile(replacement.find)
        problems += [
            f"{replacement.id}: {a!r} becomes {regex.sub(replacement.replace, a)!r}, not {b!r}"
            for a, b in replacement.examples
            if regex.sub(replacement.replace, a) != b
        ]
        problems += [
            f"{replacement.id}: none of its signs stands in {a!r}"
            for a, _ in replacement.examples
            if not any(sign in a for sign in replacement.signs)
        ]
        problems += [f"{replacement.id}: changes {c!r}" for c in replacement.counterexamples if regex.sub(replacement.replace, c) != c]
    organisations: list[OrganisationFile] = []
    if organisation != NO_ORGANISATION:
        for name in organisation_ids(root):
            path = root / "organisations" / name / "organisation.toml"
            digest.update(name.encode() + path.read_bytes())
            try:
                found = OrganisationFile.model_validate(_read(path))
            except ValidationError as error:
                problems += [f"organisations/{name}: {'.'.join(str(x) for x in e['loc'])}: {e['msg']}" for e in error.errors()]
                continue
            problems += _organisation_problems(found, name)
            organisations.append(found)
        if organisation and organisation not in {o.id for o in organisations}:
            raise RuleError(f"there is no organisation {organisation!r}; there are: {', '.join(o.id for o in organisations)}")
    digest.update((organisation or "").encode())
    if problems:
        raise RuleError("\n".join(problems))
    return Rules(language, tuple(organisations), organisation if organisation != NO_ORGANISATION else None, digest.hexdigest()[:16])


def _organisation_problems(found: OrganisationFile, folder: str) -> list[str]:
    problems = [] if found.id == folder else [f"organisations/{folder}: id is {found.id!r}, not the folder's name"]
    forms: dict[str, str] = {}
    entries: list[OrganisationBody | OrganisationRole] = [*found.bodies, *found.roles]
    for entry in entries:
        names = [entry.name, *entry.short, *(entry.also if isinstance(entry, OrganisationBody) else [])]
        if not any(n in entry.example for n in names):
            problems.append(f"organisations/{folder}: {entry.name}: its example holds none of {names}")
        problems += [
            f"organisations/{folder}: {name!r} means both {forms[name]!r} and {entry.name!r}"
            for name in names
            if forms.setdefault(name, entry.name) != entry.name
        ]
    return problems


def check(root: Path = HERE) -> list[str]:
    """Every problem of every rule file, as sentences; empty when all proofs hold."""
    load_rules.cache_clear()
    try:
        load_rules(None, root)
    except RuleError as error:
        return str(error).splitlines()
    return []
