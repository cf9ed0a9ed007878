"""Lists of assignments under a heading: "Regionstyrelsens uppdrag till regiondirektören", "Uppdrag till nämnderna" / "Kulturnämnden".

Follow-up lists and budgets print what was assigned as points that begin with a bare infinitive. Who gives and who is told stands in the
heading, or in the headings between it and the points.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from extractors.bodies import ACRONYM, Bodies
from extractors.forms import labelled_giver
from extractors.frames import Frame, Slot
from extractors.headings import number_of, weight
from extractors.model import Block, BlockKind, Document, Span
from extractors.sentences import sentences
from rules.ruleset import Rules
from rules.schema import TriggerRule

_LONGEST_OWNER = 100
"""Characters of a heading that is the name of a body."""
_HEADINGS_BETWEEN = 3
"""Between a board's heading and the "Uppdrag" of its part of a budget: "Ram", "Mål"."""
_TITLE_BLOCKS = 6
"""How many blocks may stand before the title of a document."""


@dataclass(frozen=True, slots=True)
class _Heading:
    span: Span
    by: Slot | None
    to: Slot | None
    size: tuple[float, bool]
    number: str = ""
    earlier: bool = False  # what stands under it was given before


def headed_tasks(document: Document, rules: Rules, bodies: Bodies, *, minutes: bool = False) -> dict[int, Frame]:
    """The points that are tasks by the heading above them, by the index of their block. In ``minutes`` only a heading that says whose
    assignments it is about opens a list.

    A heading without a body's name ends the list, unless it only parts it ("Beslutade 2023") or is printed smaller than the one over
    the list. A point that neither begins with an infinitive nor says what somebody shall do is none.
    """
    trigger = next(t for t in rules.language.frames.trigger if "heading" in t.marks)
    regex, parts = rules.regex(trigger), rules.grammar("list_part")
    firsts = tuple(map(rules.grammar, ("infinitive_first", "imperative_first", "task_noun_first")))
    reference, label, earlier = rules.grammar("point_reference"), rules.grammar("task_label"), rules.grammar("earlier_tasks")
    subject, plural = rules.grammar("list_task_subject"), rules.grammar("plural_group")
    found: dict[int, Frame] = {}
    over: _Heading | None = None
    owner: Slot | None = None
    title = _title(document, regex)
    numbered, told_in = rules.grammar("numbered_task_heading"), rules.grammar("owner_shall")
    opening = [(regex, tuple(trigger.needs))]
    if not minutes:
        opening += [(rules.grammar(name), rules.needed(name)) for name in ("numbered_task_heading", "owner_shall")]
    if title is None and not _has_heading(document, rules.landmarks.of(document.text).lower, opening, whose=minutes):
        return found
    one: _Heading | None = None  # the heading of a single assignment right above
    above: tuple[int, Slot, str] | None = None  # the last heading that is a body alone, how many headings ago, and its number
    for index, block in enumerate(document.blocks):
        text = document.text[block.content : block.end]
        if block.kind is BlockKind.HEADING or (block.kind is BlockKind.TEXT and _opens_list(document, index) and regex.match(text)):
            number = number_of(document, block)
            above = (above[0] + 1, *above[1:]) if above is not None and above[0] < _HEADINGS_BETWEEN else None
            if above is not None and above[2] and number and not number.startswith(above[2] + "."):
                above = None  # "3.3 Folkhälsa", after "3.2 Kulturnämnden": a part of its own
            match = _of_tasks(regex, text, bodies)
            one = None
            if match is None and block.kind is BlockKind.HEADING and numbered.match(text) is not None:
                under = over or title
                one = _Heading(Span(block.content, block.end), under.by if under else None, under.to if under else None, (0.0, False))
                continue
            if over is not None and parts.match(text):
                over = replace(over, earlier=earlier.search(text) is not None)
                if match is not None:
                    continue  # "Pågående uppdrag", below "Regionstyrelsens uppdrag till regiondirektören"
            if match is not None:
                over = _read(match, block.content, weight(document, block))
                over = replace(over, number=number, earlier=earlier.search(text) is not None)
                if over.by is not None and plural.search(over.by.raw.lower()):
                    over = replace(over, by=None, to=over.to or over.by)  # "Nämndernas uppdrag": theirs to do
                owner = above[1] if above is not None and over.to is None and over.by is None else None
                continue
            shall = told_in.match(text) if block.kind is BlockKind.HEADING else None
            named = _all_named(shall.group("owner"), block.content, bodies) if shall is not None else None
            if named is not None:  # "Skolnämnden ska", over its tasks
                owner, above = named, (0, named, number)
                over = over or _Heading(Span(block.content, block.end), None, None, weight(document, block), number)
                continue
            owner = _owner(text, block.content, bodies, rules)
            above = (0, owner, number) if owner is not None else above
            if (
                over is not None
                and owner is None
                and rules.grammar("assignment_word").search(text)
                and weight(document, block) <= over.size
            ):
                over = replace(over, earlier=earlier.search(text) is not None)  # "Uppdrag som avslutas"
            if over is None or owner is not None or parts.match(text) or weight(document, block) < over.size:
                continue
            if not (over.number and number.startswith(over.number + ".")):
                over = None
        elif one is not None and block.kind in (BlockKind.ITEM, BlockKind.TEXT) and label.match(text) is None:
            span = next(iter(sentences(document, block, rules)), Span(block.content, block.end))
            told = (owner or one.to) and any(first.match(document.text[span.start : span.end]) for first in firsts)
            if told or _says_who_shall(text, subject, bodies):
                found[index] = _point(trigger, one, span, owner)
            one = None
        elif block.kind in (BlockKind.ITEM, BlockKind.TEXT) and (labelled := label.match(text)) is not None:
            by = labelled_giver(document, rules, index)
            form = _Heading(by.span, by, None, (0.0, False), earlier=True) if by is not None else None
            under = form or over or title
            span = _labelled(document, block, labelled.end(), rules)
            task = document.text[span.start : span.end]
            told = under is not None and (owner or under.to or under.by) and any(first.match(task) for first in firsts)
            if under is not None and (told or _says_who_shall(task, subject, bodies)):
                found[index] = _point(trigger, under, span, owner)._replace(sentence=Span(block.content, span.end))
        elif over is not None and block.kind in (BlockKind.ITEM, BlockKind.TEXT):
            cited = reference.match(text)  # "RS 2023-11-07 § 201: ta fram en lokalplan"
            task = text[cited.end() :] if cited is not None else text
            pointed = _named_then_task(text, block.content, bodies, rules) if cited is None and ":" in text else None
            if pointed is not None:  # "Socialnämnden: utreda en ny taxa"
                span = Span(block.content + pointed[1], block.end)
                found[index] = _point(trigger, over, span, pointed[0])._replace(sentence=Span(block.content, block.end))
                continue
            if block.kind is BlockKind.ITEM and any(first.match(task) for first in firsts) and (owner or over.to or over.by):
                span = Span(block.content, block.end)
            elif _says_who_shall(text, subject, bodies):
                span = next(iter(sentences(document, block, rules)), Span(block.content, block.end))
            else:
                continue
            found[index] = _point(trigger, over, span, owner)
    return found


def _has_heading(document: Document, lower: str, opening: list[tuple[re.Pattern[str], tuple[str, ...]]], *, whose: bool) -> bool:
    """Whether any heading opens a list of assignments, and says ``whose`` they are. NOTE: minutes have thousands of headings, and few of
    these hold the words (``lower``: the text folded, its offsets kept)."""
    opening = [(regex, needs) for regex, needs in opening if any(need in lower for need in needs)]
    if not opening:
        return False
    for index, block in enumerate(document.blocks):
        if block.kind is BlockKind.HEADING or (block.kind is BlockKind.TEXT and _opens_list(document, index)):
            for regex, needs in opening:
                likely = any(lower.find(need, block.content, block.end) >= 0 for need in needs)
                match = regex.match(document.text[block.content : block.end]) if likely else None
                if match is not None and not (whose and not match.group("of") and not match.group("source")):
                    return True
    return False


def _of_tasks(regex: re.Pattern[str], heading: str, bodies: Bodies) -> re.Match[str] | None:
    """A heading that is of assignments: "Nämndens uppdrag", of a board that is not named, is of its remit."""
    match = regex.match(heading)
    if match is None or not match.group("by") or match.group("to") or match.group("source"):
        return match
    return match if not bodies.is_short(match.group("by")) or bodies.type_of(match.group("by")) == "assembly" else None


def _point(trigger: TriggerRule, over: _Heading, span: Span, owner: Slot | None) -> Frame:
    """A point that is a task by the heading over it."""
    used = (trigger.id, "grammar.earlier_tasks") if over.earlier else (trigger.id,)
    return Frame(trigger, over.span, span, "list_head", "past", span, over.by, owner or over.to, rules=used)


def _title(document: Document, regex: re.Pattern[str]) -> _Heading | None:
    """The head or title of a document that is of assignments throughout ("Uppföljning av kommunfullmäktiges uppdrag")."""
    for index, block in enumerate(document.blocks):
        if block.kind is BlockKind.FURNITURE or index < _TITLE_BLOCKS:
            match = regex.match(document.text[block.content : block.end])
            if match is not None:
                return _read(match, block.content, (0.0, False))
    return None


def _opens_list(document: Document, index: int) -> bool:
    """Whether a line of text stands right over points that hang on it: a heading that is not printed so that it stands out."""
    following = document.blocks[index + 1] if index + 1 < len(document.blocks) else None
    return following is not None and following.kind is BlockKind.ITEM and following.lead_in == index


def _labelled(document: Document, block: Block, length: int, rules: Rules) -> Span:
    """What a point that begins with its label ("Uppdrag 2: …") says is to be done, up to what it says of how it goes ("Status: …")."""
    status = rules.grammar("status_note")
    start = end = block.content + length
    for sentence in sentences(document, block, rules):
        if sentence.start > start and status.match(document.text, sentence.start, sentence.end):
            break
        end = sentence.end
    return Span(start, end)


def tasks_under_names(document: Document, rules: Rules, bodies: Bodies) -> dict[int, tuple[Frame, int]]:
    """The points below the names of those who are told, under a point that opens them ("3. Nämnderna får följande uppdrag:" /
    "Kommunstyrelsen" / "– Upprätta en plan"), by the index of their block; and the block of the point that opens them."""
    trigger = next(t for t in rules.language.frames.trigger if "heading" in t.marks)
    opens, infinitive = rules.grammar("tasks_follow"), rules.grammar("infinitive_first")
    heads = rules.grammar("tasks_heading")
    found: dict[int, tuple[Frame, int]] = {}
    over: tuple[int, Span] | None = None
    owner: Slot | None = None
    may_open = _blocks_with(document, rules, "tasks_follow") | _blocks_with(document, rules, "tasks_heading")
    for index in range(min(may_open, default=len(document.blocks)), len(document.blocks)):
        if over is None and index not in may_open:
            continue
        block = document.blocks[index]
        text = document.text[block.content : block.end]
        if over is not None:
            opener = document.blocks[over[0]]
            if (block.section, block.paragraph) != (opener.section, opener.paragraph) or _next_point(opener.marker, block.marker):
                over = None
        if index in may_open and opens.search(text) is not None and block.kind in (BlockKind.ITEM, BlockKind.TEXT):
            last = list(sentences(document, block, rules))[-1]
            over, owner = ((index, last) if opens.search(document.text[last.start : last.end]) else None), None
        elif index in may_open and block.kind is BlockKind.HEADING and (head := heads.match(text)) is not None:
            # "Särskilda uppdrag till nämnderna", the names below it; "Uppdrag till kommunstyrelsen", the points themselves
            over = (index, Span(block.content, block.end))
            to = head["to"]
            named = _all_named(to[:1].upper() + to[1:], block.content + head.start("to"), bodies) if to else None
            owner = None if named is None else Slot(to, named.span)
        elif over is not None and block.kind is not BlockKind.FURNITURE:
            named = _all_named(text, block.content, bodies)
            pointed = _named_then_task(text, block.content, bodies, rules)
            if named is not None:
                owner = named
            elif pointed is not None and block.kind in (BlockKind.ITEM, BlockKind.TEXT):
                to, first = pointed
                task = Span(block.content + first, block.end)
                whole = Span(block.content, block.end)
                found[index] = (Frame(trigger, over[1], whole, "list_head", "present", task, None, to, rules=(trigger.id,)), over[0])
            elif owner is None or block.kind not in (BlockKind.ITEM, BlockKind.TEXT):
                over = None
            elif block.kind is BlockKind.ITEM or infinitive.match(text):
                span = Span(block.content, block.end)
                found[index] = (Frame(trigger, over[1], span, "list_head", "present", span, None, owner, rules=(trigger.id,)), over[0])
            else:
                over = None
    return found


def _blocks_with(document: Document, rules: Rules, name: str) -> set[int]:
    """The blocks in which a word stands that a turn of phrase needs."""
    lower = rules.landmarks.of(document.text).lower
    found: set[int] = set()
    for word in rules.needed(name):
        at = lower.find(word)
        while at >= 0:
            index = bisect_right(document.blocks, at, key=_start) - 1
            found.add(index)
            at = lower.find(word, document.blocks[index].end)
    return found


def _start(block: Block) -> int:
    return block.start


def _next_point(marker: str, other: str) -> bool:
    """Whether a marker is the one after another of the same list: "4." after "3."."""
    number, after = marker.rstrip(".)"), other.rstrip(".)")
    if number.isdigit() and after.isdigit():
        return int(after) == int(number) + 1
    return len(number) == len(after) == 1 and number.isalpha() and after.isalpha() and ord(after) == ord(number) + 1


def _all_named(text: str, start: int, bodies: Bodies) -> Slot | None:
    """The bodies a line consists of ("Vård- och omsorgsnämnden och utbildningsnämnden"), a number before them and a colon behind aside."""
    number = re.match(r"\d+(?:\.\d+)*\.?\s", text)
    low = number.end() if number else 0
    raw = text[low:].rstrip(": ")
    names = bodies.split(raw)
    if not names or len(raw) > 160 or not raw[:1].isupper() or any(not bodies.type_of(name) for name in names):
        return None
    named = bodies.find(raw)
    if not named or named[0].span.start > 0 or named[-1].span.end < len(raw):
        return None
    return Slot(raw, Span(start + low, start + low + len(raw)))


def _named_then_task(text: str, start: int, bodies: Bodies, rules: Rules) -> tuple[Slot, int] | None:
    """Who is told, and where the task begins, in a point that says both: "Omsorgsnämnden: utreda en ny taxa"."""
    joint = rules.grammar("name_then_task").match(text)
    if joint is None:
        return None
    named = _all_named(joint.group("to"), start, bodies)
    return (named, joint.end()) if named is not None and rules.grammar("infinitive_first").match(text[joint.end() :]) else None


def _says_who_shall(text: str, subject: re.Pattern[str], bodies: Bodies) -> bool:
    """Whether a point begins with who shall do something: "Regiondirektören ska redovisa …"."""
    match = subject.match(text)
    said = match.group("plain") or "" if match is not None else ""
    return bool(bodies.type_of(said) or bodies.is_short(said) or (said.isupper() and len(said) <= ACRONYM))


def _read(match: re.Match[str], start: int, size: tuple[float, bool]) -> _Heading:
    groups = match.groupdict()

    def slot(name: str) -> Slot | None:
        if not groups.get(name):
            return None
        return Slot(groups[name], Span(start + match.start(name), start + match.end(name)))

    return _Heading(Span(start, start + match.end()), slot("by") or slot("of") or slot("source"), slot("to"), size)


def _owner(heading: str, start: int, bodies: Bodies, rules: Rules) -> Slot | None:
    """The body a heading consists of, its number and a preposition aside ("4.2 Utbildningsnämnden", "5.1 Till kommunstyrelsen")."""
    number = rules.grammar("before_owner").match(heading)
    low = number.end() if number else 0
    if not heading[low : low + 1].isalpha() or len(heading) > _LONGEST_OWNER:
        return None  # "§ 57 …"
    named = bodies.find(heading, low)
    if named and named[0].span.start == low and len(heading) - named[0].span.end <= 1:
        return Slot(named[0].raw, Span(start + low, start + named[0].span.end))
    return None
