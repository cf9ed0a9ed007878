"""The shape of every rule file, strict: an unknown key, a missing proof or an example that fails stops the loading.

A rule that matches text is a :class:`Pattern`: a regular expression (TOML literal string, so nothing is escaped twice) with
``examples`` it must match and ``counterexamples`` it must not. In an example ⟦…⟧ marks exactly what the pattern is to match;
without marks, that it matches somewhere is enough. ``${name}`` in a pattern stands for the macro of that name in macros.toml.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MARK_OPEN, MARK_CLOSE = "⟦", "⟧"
_MACRO = re.compile(r"\$\{(\w+)\}")


class RuleError(ValueError):
    """A rule file that does not hold; the message names file, rule and what failed."""


class Strict(BaseModel):
    """Base of all rule models: nothing coerced, nothing unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def expand(pattern: str, macros: dict[str, str]) -> str:
    """``pattern`` with each ``${name}`` replaced by its macro, macros within macros included.

    Raises RuleError for a macro that does not exist or that contains itself.
    """
    for _ in range(8):
        if not _MACRO.search(pattern):
            return pattern
        try:
            pattern = _MACRO.sub(lambda m: f"(?:{macros[m.group(1)]})", pattern)
        except KeyError as unknown:
            raise RuleError(f"unknown macro {unknown} in {pattern!r}") from None
    raise RuleError(f"macros nested too deeply in {pattern!r}")


class Pattern(Strict):
    """A regular expression with its proof. ``why`` says, for people, what the rule pins or does."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_.]*$")
    pattern: str
    examples: list[str] = Field(min_length=1)
    counterexamples: list[str] = Field(min_length=1)
    why: str = ""
    ignore_case: bool = False

    def compiled(self, macros: dict[str, str]) -> re.Pattern[str]:
        """The regular expression, macros expanded."""
        return re.compile(expand(self.pattern, macros), re.IGNORECASE if self.ignore_case else 0)

    def problems(self, macros: dict[str, str]) -> list[str]:
        """What does not hold of this rule's own proof; empty when all does."""
        try:
            regex = self.compiled(macros)
        except (re.error, RuleError) as error:
            return [f"{self.id}: pattern does not compile: {error}"]
        found: list[str] = []
        for example in self.examples:
            plain = example.replace(MARK_OPEN, "").replace(MARK_CLOSE, "")
            match = regex.search(plain)
            if match is None:
                found.append(f"{self.id}: does not match its example {example!r}")
            elif MARK_OPEN in example:
                start = example.index(MARK_OPEN)
                end = example.index(MARK_CLOSE) - 1
                spans = [m.span() for m in regex.finditer(plain)]
                if (start, end) not in spans:
                    found.append(f"{self.id}: matches {[plain[a:b] for a, b in spans]} instead of the marked part of {example!r}")
        found += [f"{self.id}: matches its counterexample {c!r}" for c in self.counterexamples if regex.search(c)]
        return found


class Words(Strict):
    """A closed word list with one name: months of a year, adverbs that may stand between verb and subject. ``example`` shows one
    in use."""

    words: list[str] = Field(min_length=1)
    example: str = ""


# ------------------------------------------------------------------------------------------------------- layout


class FurnitureRule(Pattern):
    """A line that is page furniture. ``place``: where on the page it may stand; anywhere means a whole line that is never content."""

    place: Literal["top", "bottom", "edge", "anywhere"]


class FurnitureFile(Strict):
    """rules/sv/furniture.toml"""

    rule: list[FurnitureRule]


class SectionRule(Pattern):
    """A line that opens a section inside a §. ``kind`` is the room it opens; ``takes_rest``: text after the match belongs to the
    section's content (a heading and its content on one line)."""

    kind: Literal[
        "decision", "proposal", "motion", "motion_order", "vote", "reservation", "note", "background", "earlier", "documents",
        "recipients", "attendance", "information", "agenda", "conflict", "signatures", "consequences", "reasons", "contents",
    ]
    takes_rest: bool = False


class SectionsFile(Strict):
    """rules/sv/sections.toml"""

    rule: list[SectionRule]


class ParagraphRule(Pattern):
    """A line that opens a §. Groups: ``number``; optionally ``diary``, ``title``. ``title`` says where the title stands."""

    title: Literal["same_line", "below", "above"]


class ParagraphsFile(Strict):
    """rules/sv/paragraphs.toml"""

    rule: list[ParagraphRule]


class MarkerRule(Pattern):
    """A list marker at the start of a line. ``style`` tells lists apart; ``ordered`` whether it counts."""

    style: str
    ordered: bool


class MarkersFile(Strict):
    """rules/sv/markers.toml"""

    rule: list[MarkerRule]


class Replacement(Strict):
    """One known damage and what it stands for. Applied to a line's text; the printed line stays as it is in the page."""

    id: str
    find: str
    replace: str
    examples: list[list[str]] = Field(min_length=1, description="pairs of printed and mended text")
    counterexamples: list[str] = Field(min_length=1, description="texts that must come out unchanged")
    why: str = ""


class DamageFile(Strict):
    """rules/sv/damage.toml"""

    replacement: list[Replacement]
    kept_hyphen: Words
    lookalikes: dict[str, list[str]]


class KindRule(Pattern):
    """What kind of document a line at the head of the first page announces. The lowest ``rank`` wins."""

    kind: Literal["protokoll", "tjänsteskrivelse", "presentation", "kallelse", "rapport"]
    rank: int


class KindsFile(Strict):
    """rules/sv/kinds.toml"""

    rule: list[KindRule]
    meeting: list[Pattern]
    body: list[Pattern]


# ----------------------------------------------------------------------------------------------------- mentions


class UnitRule(Strict):
    """A unit of money: its printed forms and its power of ten over one krona (öre: -2)."""

    id: str
    forms: list[str] = Field(min_length=1)
    power: int
    needs_kronor: bool = False
    example: str


class SignRule(Pattern):
    """Words that give an unsigned amount its sign. ``scope``: how the words stand to the amount."""

    sign: Literal[-1, 1]
    scope: Literal["before", "after"]


class AmountKindRule(Pattern):
    """What an amount is, from the words of its clause."""

    kind: str


class AmountsFile(Strict):
    """rules/sv/amounts.toml"""

    unit: list[UnitRule]
    rule: list[Pattern]
    lookalike: list[Pattern]
    sign: list[SignRule]
    kind: list[AmountKindRule]


class DateRule(Pattern):
    """A printed form of a day or period. ``form`` names the grammar that reads its groups."""

    form: str


class DatesFile(Strict):
    """rules/sv/dates.toml"""

    months: dict[str, list[str]]
    seasons: dict[str, list[str]]
    ordinals: dict[str, list[str]]
    rule: list[DateRule]
    lookalike: list[Pattern]


class ReferenceRule(Pattern):
    """A printed form of a reference; ``kind`` as in extractors.model.Reference."""

    kind: Literal["paragraph", "diary", "meeting", "law", "document", "printed_matter"]
    normalized: str = ""


class ReferencesFile(Strict):
    """rules/sv/references.toml"""

    rule: list[ReferenceRule]


class PersonRule(Pattern):
    """A printed form of a person with a role; groups ``name`` and ``role``."""

    source: Literal["signature", "front_page", "mover", "running_text"]


class PersonsFile(Strict):
    """rules/sv/persons.toml"""

    rule: list[PersonRule]
    roles: Words
    not_names: Words


# ------------------------------------------------------------------------------------------------------- frames


class FrameRule(Pattern):
    """A way to word an assignment. ``voice`` says where the slots stand (see extractors/frames.py): ``receives`` (X får i
    uppdrag), ``gives`` (A ger X i uppdrag), ``charges`` (A uppdrar åt X att), ``charged`` (X uppdras att), ``noun`` (A:s uppdrag
    … till X att), ``list_head`` (the items below are the tasks), ``duty`` (… ska redovisas). ``tense``: present, past, perfect,
    infinitive or open."""

    voice: Literal["receives", "gives", "charges", "charged", "noun", "list_head", "duty"]
    act: Literal["assignment", "exhortation", "reporting_duty", "target", "appointment", "follow_up"]
    tense: Literal["present", "past", "perfect", "infinitive", "open"]


class RejectionRule(Pattern):
    """A look-alike of equal rank: where it matches around a trigger, there is no assignment. ``reason`` is kept with it."""

    reason: str


class FramesFile(Strict):
    """rules/sv/frames.toml"""

    trigger: list[FrameRule]
    rejection: list[RejectionRule]
    fuzzy: Words


class StatusCue(Pattern):
    """A cue that changes the status of the assignments in its scope. ``scope``: the clause, its lead-in, or its section."""

    status: Literal["decided", "proposed", "cited", "refused", "done", "own_part", "as_proposed", "withdrawn"]
    scope: Literal["clause", "lead_in", "section", "block"]


class StatusFile(Strict):
    """rules/sv/status.toml"""

    cue: list[StatusCue]


class WordOrderFile(Strict):
    """rules/sv/word_order.toml: the closed classes of Swedish that bound a slot."""

    finite_verbs: Words
    auxiliaries: Words
    clause_adverbs: Words
    subordinators: Words
    prepositions: Words
    coordinators: Words
    quantifiers: Words
    partner_openers: Words
    abbreviations: Words
    reporting_verbs: Words
    infinitives: Words
    not_infinitives: Words


class BodyHead(Strict):
    """A head word of Swedish bodies and officers and its inflections. ``type``: body, committee, assembly, administration,
    company, officer, group. ``short`` are bare forms that stand for a body named elsewhere ("nämnden")."""

    id: str
    type: Literal["assembly", "board", "committee", "administration", "company", "officer", "presidium", "group", "council"]
    forms: list[str] = Field(min_length=1)
    short: list[str] = []
    genitives: list[str] = []
    example: str


class BodiesFile(Strict):
    """rules/sv/bodies.toml"""

    head: list[BodyHead]
    ellipsis: list[Pattern]
    not_a_party: list[Pattern]
    base_form: dict[str, str]


class DeadlineRule(Pattern):
    """A wording that makes a date, period, meeting or event a deadline, or that says it is none. ``${date}`` is not used here:
    ``before`` rules match what stands right before a date mention, ``whole`` rules match the whole wording themselves."""

    kind: Literal["due", "report", "interim_report", "final_report", "period", "window", "event", "recurring", "vague", "start", "effect", "decide_target", "none"]
    how: Literal["before", "whole"]


class ReportRule(Pattern):
    """A wording that names to whom something is reported; group ``body`` is the receiver."""


class DeadlinesFile(Strict):
    """rules/sv/deadlines.toml"""

    rule: list[DeadlineRule]
    report_to: list[ReportRule]
    follow_on: list[Pattern]


# ------------------------------------------------------------------------------------------------- organisations


class OrganisationBody(Strict):
    """A body or unit of one organisation: base form, abbreviations, other printed names and who it belongs to."""

    name: str
    short: list[str] = []
    also: list[str] = []
    kind: Literal["assembly", "board", "committee", "administration", "company", "council", "presidium"]
    chair_of: str = ""
    example: str


class OrganisationRole(Strict):
    """An officer of one organisation with the short forms in use."""

    name: str
    short: list[str] = []
    example: str


class OrganisationFile(Strict):
    """rules/organisations/<id>/organisation.toml"""

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    name: str
    kind: Literal["region", "kommun"]
    recognised_by: list[str] = Field(min_length=1)
    diary_prefixes: list[str] = []
    bodies: list[OrganisationBody]
    roles: list[OrganisationRole] = []


class Language(Strict):
    """All of rules/sv."""

    macros: dict[str, str]
    furniture: FurnitureFile
    sections: SectionsFile
    paragraphs: ParagraphsFile
    markers: MarkersFile
    damage: DamageFile
    kinds: KindsFile
    amounts: AmountsFile
    dates: DatesFile
    references: ReferencesFile
    persons: PersonsFile
    frames: FramesFile
    status: StatusFile
    word_order: WordOrderFile
    bodies: BodiesFile
    deadlines: DeadlinesFile

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Every :class:`Pattern` of every file, in file order."""

        def walk(value: Any) -> list[Pattern]:
            if isinstance(value, Pattern):
                return [value]
            if isinstance(value, BaseModel):
                return [p for name in type(value).model_fields for p in walk(getattr(value, name))]
            if isinstance(value, list):
                return [p for item in value for p in walk(item)]
            return []

        return tuple(walk(self))
