"""The shape of every rule file, strict: an unknown key, a missing proof or an example that fails stops the loading.

A rule that matches text is a :class:`Pattern`: a regular expression (TOML literal string, so nothing is escaped twice) with
``examples`` it must match and ``counterexamples`` it must not. In an example ⟦…⟧ marks exactly what the pattern is to match;
without marks, that it matches somewhere is enough. ``${name}`` in a pattern stands for the macro of that name in macros.toml.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from rules.expressions import expression

MARK_OPEN, MARK_CLOSE = "⟦", "⟧"
_MACRO = re.compile(r"\$\{(\w+)\}")


class RuleError(ValueError):
    """A rule file that does not hold; the message names file, rule and what failed."""


class Strict(BaseModel):
    """Base of all rule models: nothing coerced, nothing unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_LETTERS = {"Lu": "A-ZÅÄÖÉÈÜÁÀÆØ", "Ll": "a-zåäöéèüáàæø", "L": "A-Za-zÅÄÖÉÈÜÁÀÆØåäöéèüáàæø"}
_CLASS_PART = re.compile(r"\\p\{(Lu|Ll|L)\}|\\.|\[\^?|\]|.", re.DOTALL)


def _letters(pattern: str) -> str:
    r"""``\p{Lu}``, ``\p{Ll}`` and ``\p{L}`` as the letters of Swedish names, inside and outside character classes."""
    out: list[str] = []
    inside = False
    for part in _CLASS_PART.finditer(pattern):
        text = part.group()
        if part.group(1):
            letters = _LETTERS[part.group(1)]
            text = letters if inside else f"[{letters}]"
        elif text[0] == "[" and not inside:
            inside = True
        elif text == "]":
            inside = False
        out.append(text)
    return "".join(out)


def expand(pattern: str, macros: dict[str, str]) -> str:
    """``pattern`` with each ``${name}`` replaced by its macro, macros within macros included, and letter classes spelt out.

    Raises RuleError for a macro that does not exist or that contains itself.
    """
    for _ in range(8):
        if not _MACRO.search(pattern):
            return _letters(pattern)
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
    _compiled: re.Pattern[str] | None = PrivateAttr(None)

    def compiled(self, macros: dict[str, str]) -> re.Pattern[str]:
        """The regular expression, macros expanded. Compiled once: ``macros`` are those of the rule's language, at every call."""
        if self._compiled is None:
            self._compiled = expression(expand(self.pattern, macros), re.IGNORECASE if self.ignore_case else 0)
        return self._compiled

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
        "decision",
        "proposal",
        "motion",
        "motion_order",
        "vote",
        "reservation",
        "note",
        "statement",
        "background",
        "earlier",
        "documents",
        "recipients",
        "attendance",
        "information",
        "agenda",
        "conflict",
        "signatures",
        "consequences",
        "reasons",
        "contents",
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
    signs: list[str] = Field(min_length=1, description="texts of which one stands in every line that has the damage")
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
    words: Words


class KindRule(Pattern):
    """What kind of document a line at the head of the first page announces. The lowest ``rank`` wins."""

    kind: Literal["protokoll", "tjänsteskrivelse", "presentation", "kallelse", "rapport"]
    rank: int


class KindsFile(Strict):
    """rules/sv/kinds.toml"""

    rule: list[KindRule]
    meeting: list[Pattern]
    published: list[Pattern]
    body: list[Pattern]


# ----------------------------------------------------------------------------------------------------- mentions


class UnitRule(Pattern):
    """A printed unit of money and its power of ten over one krona (öre: -2). ``bare``: may count something else than money
    ("2 miljoner invånare"), so what follows is looked at. ``place``: after the number, or also before it ("SEK 500 000"). ``spelled``:
    how it begins after a number in words ("tio miljoner")."""

    power: int
    bare: bool = False
    spelled: list[str] = []
    place: Literal["after", "either"] = "after"


class JointRule(Pattern):
    """What joins two numbers that share the unit of the last ("4,1 respektive 1,9 mnkr", "100/90/10 miljoner"). ``needs``: what
    the earlier number must show to be an amount at all: nothing, or a decimal comma or a word of ``openers`` before it."""

    needs: Literal["nothing", "opener"]


class SignRule(Pattern):
    """Words that give an unsigned amount its sign (0: the amount stays as it is, whatever a later rule says). ``before`` rules end
    in ``${amount_here}`` and match up to the number; ``after`` rules match from the end of the amount. ``needs``: lower-case literals
    of which one stands in what it reads."""

    sign: Literal[-1, 0, 1]
    scope: Literal["before", "after"]
    needs: list[str] = []


class AmountKindRule(Pattern):
    """What an amount is, from the words of its sentence; the cue that stands nearest wins. ``of`` word: the pattern is tried on each
    word alone (a word is looked at once in a lifetime); phrase: on the sentence."""

    kind: str
    of: Literal["word", "phrase"] = "word"


class UnitlessRule(Pattern):
    """Numbers whose unit the text gave before; groups ``first`` and ``second``. ``needs``: literals of which one stands in it."""

    needs: list[str] = Field(min_length=1)


class AmountYearRule(Pattern):
    """Where the year stands that an amount concerns; group ``year``. The rule that comes first wins."""

    scope: Literal["before", "after"]


class AmountsFile(Strict):
    """rules/sv/amounts.toml"""

    unit: list[UnitRule]
    joint: list[JointRule]
    openers: Words
    labels: Words
    number_words: dict[str, int]
    fractions: dict[str, str]
    percent: list[Pattern]
    heading: list[Pattern]
    not_money_column: list[Pattern]
    unitless: list[UnitlessRule]
    below_zero: Pattern
    lookalike: list[Pattern]
    sign: list[SignRule]
    kind: list[AmountKindRule]
    year: list[AmountYearRule]
    concerns_head: list[Pattern]
    concerns: list[Pattern]
    concerns_link: Pattern
    in_turn: Pattern


DateForm = Literal[
    "day", "day_in_words", "day_range", "day_list", "iso", "iso_range", "compact", "slash", "dotted", "month", "month_range", "month_list",
    "month_end", "placeholder", "quarter", "quarter_end", "tertial", "half", "season", "term", "school_year", "year", "year_by",
    "year_from", "year_until", "year_end", "year_range", "rest_of_year", "part_of_month", "part_of_year", "turn_of_year", "turn_of_half",
    "week", "iso_month",
]  # fmt: skip


class DateLookalike(Pattern):
    """What looks like a date and is none; it wins the span and is dropped. ``starts``: as in DateRule."""

    starts: list[str] = Field(min_length=1)


class DateRule(DateLookalike):
    """A printed form of a day or period. ``form`` names the date algebra that reads its groups (extractors/dates.py); a group
    ``date`` marks the span where the rule reads more than it marks. ``starts``: the lower-case words the form begins with, "#"
    for a digit, "@months", "@seasons", "@ordinals" for all forms of that table: the reader tries a rule only there."""

    form: DateForm


class DatesFile(Strict):
    """rules/sv/dates.toml. The tables map a number to its printed forms, lower case: month 1-12, season by its first month,
    ordinal 1-4; ``parts_of_month`` and ``parts_of_year`` a word to its first and last day (0: the last), its first month and number of
    months. ``future`` and ``past`` are wordings before a date without a year that say on which side of the meeting it lies."""

    months: dict[str, list[str]]
    seasons: dict[str, list[str]]
    ordinals: dict[str, list[str]]
    parts_of_month: dict[str, list[int]]
    parts_of_year: dict[str, list[int]]
    fuzzy: Words
    rule: list[DateRule]
    lookalike: list[DateLookalike]
    future: list[Pattern]
    past: list[Pattern]


class ReferenceRule(Pattern):
    """A printed form of a reference; ``kind`` as in extractors.model.Reference. ``normalized`` is a template of the rule's groups
    ("Handling {year} nr {number}"). ``needs``: literals around which the rule is tried, all over the text where there are none;
    ``reach``: how many characters before a literal a match may begin, ``ahead``: how many behind its start it may end;
    ``digit_before``: whether a digit stands before the literal in every match."""

    kind: Literal["paragraph", "diary", "meeting", "law", "document", "printed_matter"]
    normalized: str = ""
    needs: list[str] = []
    reach: int = 40
    ahead: int = 90
    digit_before: bool = False


class ReferencesFile(Strict):
    """rules/sv/references.toml"""

    rule: list[ReferenceRule]
    lookalike: list[Pattern]


class PersonRule(Pattern):
    """A printed form of a person with a role; groups ``name`` and, mostly, ``role`` or ``party``. ``needs``, ``reach`` and
    ``ahead`` as in ReferenceRule."""

    source: Literal["front_page", "mover", "running_text"]
    needs: list[str] = Field(min_length=1)
    reach: int = 40
    ahead: int = 90
    digit_before: bool = False


class PersonsFile(Strict):
    """rules/sv/persons.toml. ``signature``: a line under a name that is a role. ``roles``: group ``base`` is the base form of a role.
    ``not_names``: words of bodies and headings, which are capitalised like names."""

    rule: list[PersonRule]
    signature: list[Pattern]
    roles: list[Pattern]
    not_names: list[Pattern]


class MaskRule(Pattern):
    """A number or an address of a person. ``kind`` names its replacement. ``near``: masked only where a private person is masked on the
    same line, the line above or below. ``checked``: only where the digits have the check digit of a personnummer. ``kept``: the text of a
    match that is kept ("official": kept where an official or an office stands on the line or the line above)."""

    kind: Literal["personal_number", "birth", "email", "phone", "address", "property"]
    near: bool = False
    checked: bool = False
    kept: str = ""


class Replacements(Strict):
    """What stands in a published copy where something was masked, a kind each."""

    name: str
    personal_number: str
    birth: str
    email: str
    phone: str
    address: str
    property: str


class PrivateFile(Strict):
    """rules/sv/private.toml. ``kept_role``: roles of elected members and officials, whose names stay, as ``party`` behind a name tells;
    ``role_gap``: what may stand between role and name.
    ``cue``: words that end where a private person's name begins; ``named_after``: where
    something else's name does. ``not_person``: capitalised words that are no person's; ``opening``:
    words that open a sentence before a name. ``surname``, ``given_names``, ``particles``: how names look. ``mask``: numbers and addresses;
    ``official_contact``: an office on the line keeps its number. ``replacements``: what stands instead."""

    kept_role: list[Pattern]
    role_gap: list[Pattern]
    party: list[Pattern]
    cue: list[Pattern]
    named_after: list[Pattern]
    not_person: list[Pattern]
    opening: list[Pattern]
    surname: list[Pattern]
    particles: Words
    given_names: Words
    mask: list[MaskRule]
    official_contact: list[Pattern]
    replacements: Replacements


# ------------------------------------------------------------------------------------------------------- frames


def _without_needs(rule: str, needs: list[str], examples: list[str]) -> list[str]:
    """The examples in which none of the literals stands that a rule says it needs, as problems."""
    plain = [e.replace(MARK_OPEN, "").replace(MARK_CLOSE, "").lower() for e in examples]
    return [f"{rule}: none of {needs} stands in its example {e!r}" for e in plain if not any(n in e for n in needs)]


class TriggerRule(Pattern):
    """The words that may carry an assignment. ``voice`` says how the slots are found (extractors/frames.py):

    ``by_verb``   the governing verb to the left decides ("får … i uppdrag", "ger X i uppdrag")
    ``charges``   A uppdrar åt X att V: the assignee stands after the preposition
    ``charged``   X uppdras att V, X åläggs att V: the assignee is the subject
    ``noun``      A:s uppdrag (DATE § N) till X att V, X:s uppdrag att V, uppdraget att V
    ``list_head`` the items below are the tasks ("Nedan uppdrag som X berörs av.")
    ``table``     the heading of a column of tasks
    ``headed``    a heading whose points are tasks, with who gives (``by`` or ``source``) and who is told (``to``)
    ``duty``      … ska redovisas till X senast …: a duty without anyone told
    ``shall``     X ska V, under a decision or proposal: the subject is told, if it is of one of the types of ``subjects``
    Groups a pattern may have: ``to`` (assignee), ``by`` (assigner), ``task``. ``needs``: lower-case literals of which one stands in
    every sentence the pattern matches, looked for first; the loader proves it on the examples. ``marks``: what else is known of what it
    opens:

    ``over_points``     it stands over a list of which some points may say themselves who is told
    ``unnumbered``      its points are tasks though nothing numbers them
    ``named_in_points`` who is told stands in each point
    ``tasks_in_points`` each point is a task
    ``in_points``       it counts in the points of a clause that tells what was decided then, and nowhere else
    ``heading``         a heading over assignments: who gives and who is told are printed in it, or are whose document it is
    ``same_as_before``  its subject is a pronoun: who the point before it tells
    ``verb_in_task``    its verb is the task itself: "att chefen redovisar läget"
    ``without_verb``    it may stand without a verb that governs it
    ``by_a_board``      only a board, and none of the rank of who is told, gives by it
    ``by_somebody``     none where nobody is found who gives
    ``after_owner``     whose assignment it is stands before it, in the genitive
    ``meeting_before``  the meeting that is reported to stands before the task
    ``only_worded``     it says how an assignment was worded, not who gave it"""

    needs: list[str] = Field(min_length=1)
    marks: list[
        Literal[
            "over_points",
            "unnumbered",
            "named_in_points",
            "tasks_in_points",
            "in_points",
            "heading",
            "same_as_before",
            "verb_in_task",
            "without_verb",
            "by_a_board",
            "by_somebody",
            "after_owner",
            "meeting_before",
            "only_worded",
        ]
    ] = Field(default_factory=list)

    voice: Literal["by_verb", "charges", "charged", "noun", "list_head", "table", "headed", "duty", "shall"]
    subjects: list[str] = Field(default_factory=list)
    act: Literal["assignment", "exhortation", "reporting_duty", "target", "appointment", "follow_up"]
    tense: Literal["present", "past", "perfect", "infinitive", "by_verb"]

    def problems(self, macros: dict[str, str]) -> list[str]:
        """As every pattern's, and that its ``needs`` stand in its examples."""
        return super().problems(macros) + _without_needs(self.id, self.needs, self.examples)


class VerbRule(Strict):
    """Verb forms that govern a trigger. ``receives``: the subject is told; ``gives``: the subject tells the object.
    ``standing``: "har i uppdrag att" describes a standing remit, unless it says who gave it."""

    id: str
    forms: list[str] = Field(min_length=1)
    voice: Literal["receives", "gives"]
    tense: Literal["present", "past", "perfect", "infinitive"]
    standing: bool = False
    example: str


class RejectionRule(Pattern):
    """A look-alike of equal rank: where it matches, there is no assignment and ``reason`` is kept. ``scope``: what it is looked for
    in: the words around the trigger, between verb and trigger, the clause ("… samt uppdra åt …"), or the whole sentence.
    ``unless_decided``: it does not hold for a point under a decision or proposal heading; ``only_retold``: it holds only under a heading
    that retells (background). ``anywhere``: it holds after the task too (what is refused or asked is told last). ``needs``: lower-case
    literals of which one stands in every sentence the pattern matches (none given: it is always tried). ``marks``: ``by_statute`` (what a
    statute or rules of procedure say that somebody shall do), ``remit`` (what a body is for; an assignment after all below a heading that
    follows up assignments), ``moved`` (a member's proposal, which a decision may carry)."""

    reason: str
    marks: list[Literal["by_statute", "remit", "moved"]] = Field(default_factory=list)
    anywhere: bool = False
    needs: list[str] = []
    scope: Literal["around", "between", "clause", "sentence"]
    unless_decided: bool = False
    only_retold: bool = False

    def problems(self, macros: dict[str, str]) -> list[str]:
        """As every pattern's, and that its ``needs`` stand in its examples."""
        return super().problems(macros) + (_without_needs(self.id, self.needs, self.examples) if self.needs else [])


class ColumnRule(Pattern):
    """The heading of a table column beside a column of tasks, and which slot its cells fill."""

    role: Literal["assignee", "assigner", "deadline", "report_to", "given", "comment", "number", "amount"]


class FramesFile(Strict):
    """rules/sv/frames.toml"""

    trigger: list[TriggerRule]
    verb: list[VerbRule]
    rejection: list[RejectionRule]
    column: list[ColumnRule]


class StatusCue(Pattern):
    """A cue that changes the status of the assignments in its scope: the sentence itself, the lead-in it hangs on, or the point.

    ``marks``: ``told_again`` (an assignment given before, whatever section retells it), ``quotes`` (its wording follows in quotation
    marks), ``when_decided`` (it says the day of the decision, which may be the day of the page itself), ``decided_then`` (the points of
    the clause say what was decided then), ``in_motion`` (the points of the clause are those of a motion, which a decision may carry by
    their numbers)."""

    marks: list[Literal["told_again", "when_decided", "decided_then", "in_motion", "quotes"]] = Field(default_factory=list)
    status: Literal[
        "decided", "proposed", "cited", "refused", "done", "own_part", "as_proposed", "deferred", "withdrawn", "asked", "proposed_before"
    ]
    scope: Literal["sentence", "lead_in", "section"]


class StatusFile(Strict):
    """rules/sv/status.toml: cues, and what each kind of section means for what stands in it."""

    cue: list[StatusCue]
    sections: dict[str, Literal["decided", "proposed", "cited", "none"]]


class GrammarFile(Strict):
    """rules/sv/grammar.toml: turns of phrase, asked for by their id."""

    rule: list[Pattern]


class WordOrderFile(Strict):
    """rules/sv/word_order.toml: the closed classes of Swedish that bound a slot."""

    finite_verbs: Words
    auxiliaries: Words
    adverbs: Words
    prepositions: Words
    quantifiers: Words
    partner_openers: Words
    abbreviations: Words
    closing_abbreviations: Words
    reporting_verbs: Words
    not_infinitives: Words
    short_infinitives: Words


class BodyHead(Strict):
    """A head of Swedish bodies and officers: ``form`` is a pattern of the whole word with its inflections, ``stems`` the lower-case
    literals of which each form holds one; ``short``: bare forms that stand for one named elsewhere ("nämnden")."""

    id: str
    type: Literal["assembly", "board", "committee", "administration", "company", "officer", "authority", "group"]
    stems: list[str] = Field(min_length=1)
    form: str
    short: list[str] = []
    examples: list[str] = Field(min_length=1)
    counterexamples: list[str] = Field(min_length=1)


class StandsForRule(Pattern):
    """A bare form ("nämnden", matched in lower case) and the names it may stand for. ``names`` is a pattern of such names in lower case,
    proven by ``named`` and ``not_named``; ``several``: what is taken where the document names several: the commonest, the nearest
    before it, or none."""

    names: str
    named: list[str] = Field(min_length=1)
    not_named: list[str] = Field(min_length=1)
    several: Literal["commonest", "nearest", "none"]

    def problems(self, macros: dict[str, str]) -> list[str]:
        """As every pattern's, and the same of ``names``."""
        names = Pattern(id=f"{self.id}.names", pattern=self.names, examples=self.named, counterexamples=self.not_named)
        return super().problems(macros) + names.problems(macros)


class AssemblyRule(Pattern):
    """Words of a text that tell which assembly its bare "fullmäktige" is: ``assembly`` is the assembly's name."""

    assembly: str


class BodiesFile(Strict):
    """rules/sv/bodies.toml. ``company_board``: what the board of a company is called where its minutes say no more;
    ``assembly_in_short``: the name of whoever stands above all boards; ``acronyms``:
    those every municipality and region has."""

    company_board: str
    assembly_in_short: str
    acronyms: dict[str, str]
    head: list[BodyHead]
    stands_for: list[StandsForRule]
    assembly: list[AssemblyRule]
    full_name: Pattern
    named_after: Pattern
    not_a_party: list[Pattern]
    not_names: Words
    unclear: Words
    base_form: dict[str, str]
    definite: dict[str, str]


class DeadlineRule(Pattern):
    """A wording that makes a date a deadline, or says it is none. ``before`` rules match what stands right before a date mention
    (the pattern ends with the mention's start), ``whole`` rules are deadlines without a date mention of their own."""

    kind: Literal[
        "due",
        "report",
        "interim_report",
        "final_report",
        "period",
        "window",
        "event",
        "recurring",
        "vague",
        "start",
        "effect",
        "decide_target",
        "none",
    ]
    how: Literal["before", "whole", "after"]


class DeadlinesFile(Strict):
    """rules/sv/deadlines.toml"""

    rule: list[DeadlineRule]
    report_to: list[Pattern]
    meeting_word: list[Pattern]
    follow_on: list[Pattern]
    completion: Pattern
    weak_verb: Pattern
    direct_verb: Pattern
    report_object: Pattern
    interim: Pattern
    final: Pattern


# ------------------------------------------------------------------------------------------------------- reports


class ReportRule(Pattern):
    """What became of an assignment. ``tense``: present is decided or proposed by the section it stands in, past is retold, noun names
    the report. ``about``: own needs nothing more; report needs a word of ``subject`` in the sentence or of ``matter`` in the heading;
    wording counts for the assignment of the document whose words it shares."""

    kind: Literal["reported_in_part", "reported", "noted", "approved", "closed", "not_closed", "withdrawn", "deadline_moved"]
    tense: Literal["present", "past", "noun"]
    about: Literal["own", "report", "wording"]


class ReportsFile(Strict):
    """rules/sv/reports.toml. ``stem``: pieces of words, one of which every sentence of interest holds. ``subject`` and ``matter`` say
    that a sentence, or a heading, is about an assignment or a report on one; ``not_subject`` what looks like it. ``in_part`` names an
    interim report, ``definite`` a report spoken of before, ``task_word`` an assignment;
    ``request`` what makes of a sentence under a decision a request to somebody else, ``paper`` whose day is no meeting's."""

    stem: list[str] = Field(min_length=1)
    rule: list[ReportRule]
    subject: list[Pattern]
    not_subject: list[Pattern]
    matter: list[Pattern]
    in_part: list[Pattern]
    definite: list[Pattern]
    task_word: list[Pattern]
    request: list[Pattern]
    paper: list[Pattern]


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
    private: PrivateFile
    frames: FramesFile
    status: StatusFile
    grammar: GrammarFile
    word_order: WordOrderFile
    bodies: BodiesFile
    deadlines: DeadlinesFile
    reports: ReportsFile

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
