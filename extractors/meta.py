"""What a document says of itself: kind, body, meeting, title, diary number. From heads, front pages and first lines."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from extractors.bodies import Bodies
from extractors.model import BlockKind, Document, Meta, Reading
from rules.expressions import expression
from rules.ruleset import Rules

_BARE_DIARY = expression(r"^(?:[A-ZÅÄÖ]{1,5}[ /-]?)?\d{1,5}[-–/:]\d{2,6}(?:[-/]\d{1,4})?$")
_ISO_DAY = expression(r"(\d{4})-(\d{2})-(\d{2})")
_DAY_IN_WORDS = expression(r"(\d{1,2})\s([a-zåäö]{3,9})\s(\d{4})")
_OPENING = 1200
"""Characters in which a page says what it is about."""
_BOARDS = ("board", "assembly", "committee")
_HEAD = 110
"""Characters of the longest line that names a document."""
_TITLE = 6
"""Lines in which the title of a plan stands."""
_ENDS = 14
"""Characters in which a paragraph that points hang on says that somebody decides."""
_FOOT = 3
"""Lines at the end of a page that may be its foot."""
_INGRESS = 600
"""Characters of the title and ingress of a page of news."""


def parse_day(text: str, rules: Rules) -> date | None:
    """A printed day ("2024-05-23", "12 mars 2025"), or None where there is no such day."""
    iso, words = _ISO_DAY.search(text), _DAY_IN_WORDS.search(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        month = next((int(n) for n, forms in rules.language.dates.months.items() if words and words[2] in forms), None)
        if words and month is not None:
            return date(int(words[3]), month, int(words[1]))
    except ValueError:
        return None
    return None


def first_lines(document: Document, count: int = 14) -> list[str]:
    """Heads and the first printed lines, where a document names itself."""
    furniture = [document.text[b.start : b.end] for b in document.blocks if b.kind is BlockKind.FURNITURE]
    printed = [line.text for page in document.pages[:1] for line in page.lines[:count]]
    return [*furniture, *printed]


def read_meta(document: Document, reading: Reading, rules: Rules, bodies: Bodies) -> Meta:
    """Kind, body, meeting, title and diary number; what is not printed is None."""
    lines = first_lines(document)
    kind = _kind(document, lines, rules)
    meeting = _meeting(document, lines, rules)
    body = _body(document, lines, rules, bodies, kind)
    diary = None
    if len(document.paragraphs) == 1:
        diary = document.paragraphs[0].diary_number
    for index, line in enumerate(lines):
        if diary is not None or len(document.paragraphs) > 1:
            break
        match = rules.grammar("labelled_diary").search(line)
        if match:
            diary = match.group("diary")
        elif rules.grammar("diary_label").match(line) and index + 1 < len(lines) and _BARE_DIARY.match(lines[index + 1]):
            diary = lines[index + 1]
    organisation = bodies.organisation.name if bodies.organisation else printed_organisation(lines, rules)
    return Meta(kind, _title(document, kind, bodies), body, meeting, meeting, diary, organisation)


def published_on(document: Document, rules: Rules) -> date | None:
    """The day a page, a letter or a plan says it is of, where it tells of no meeting by its day: "Publicerad 2025-03-06"."""
    last = [line.text for page in document.pages[-1:] for line in page.lines[-4:]]
    for rule in rules.language.kinds.published:
        regex = rules.regex(rule)
        for line in [*first_lines(document), *(last if rule.id == "published.labelled" else [])]:
            match = regex.search(line)
            day = parse_day(match.group("date"), rules) if match else None
            if day is not None:
                return day
    return None


def is_plan(document: Document, meta: Meta, rules: Rules) -> bool:
    """Whether a document is itself the decision that gives what it lists: a budget or plan that its body adopted."""
    if meta.kind != "okänd" or meta.body is None:
        return False
    if is_standing(document, rules):
        return False
    adopted = _adoption(document, first_lines(document), rules) is not None or _is_called_plan(document, rules)
    gives = rules.grammar("gives_following").search(document.text) if rules.grammar("assignment_word").search(document.text) else None
    return adopted or (gives is not None and (gives.group("now") or gives.group("after") or gives.group("owner")) is not None)


def is_directive(document: Document, meta: Meta, rules: Rules) -> bool:
    """Whether a document of standing remits says who adopted it: what it lists as assignments beside them ("lämnas följande uppdrag") it
    gives itself."""
    if meta.kind != "okänd" or meta.body is None or not is_standing(document, rules):
        return False
    return _adoption(document, first_lines(document), rules) is not None


def _adoption(document: Document, lines: list[str], rules: Rules) -> re.Match[str] | None:
    """What says whose decision a plan or budget is: "Antagen av kommunfullmäktige 2025-11-24" in its first lines or at the foot of its
    first page, or the meeting alone under its title."""
    foot = [line.text for page in document.pages[:1] for line in page.lines[-_FOOT:]]
    by = next((m for line in lines if (m := rules.grammar("adopted_by").search(line))), None)
    by = by or next((m for line in foot if len(line) <= _HEAD and (m := rules.grammar("adopted_by").search(line))), None)
    if by is not None or not _titled_plan(lines, rules):
        return by
    under = next((m for line in lines if (m := rules.grammar("adopted_line").match(line))), None)
    return under or rules.grammar("adopted_told").search(" ".join(lines))


def _is_called_plan(document: Document, rules: Rules) -> bool:
    """Whether a document that says nowhere who adopted it is a plan by its title: it is neither a page that tells what a meeting decided
    nor one on which somebody decides or proposes."""
    if not _titled_plan(first_lines(document, _TITLE), rules) or any(s.kind in ("decision", "proposal") for s in document.sections):
        return False
    if rules.grammar("page_of_decisions").search(document.text, 0, _OPENING) is not None:
        return False
    decides = rules.grammar("decides_at_end")
    return not any(b.kind is BlockKind.TEXT and decides.search(document.text[max(b.start, b.end - _ENDS) : b.end]) for b in document.blocks)


def _titled_plan(lines: list[str], rules: Rules) -> bool:
    """Whether a head or one of the first lines is the title of a plan or a budget."""
    return any(len(line) <= _HEAD and rules.grammar("plan_title").match(line) for line in lines)


def is_standing(document: Document, rules: Rules) -> bool:
    """Whether a document lists standing remits: a reglemente, an owner's directive, rules of procedure."""
    return any(rules.grammar("standing_document").match(line) for line in first_lines(document, 6))


def is_news(document: Document, meta: Meta, rules: Rules) -> bool:
    """Whether a document is a page that tells what a meeting decided: what it says somebody shall do was decided there."""
    if meta.kind not in ("okänd", "protokoll") or meta.body is None or document.paragraphs or is_plan(document, meta, rules):
        return False
    if meta.kind == "protokoll" and _named_minutes(first_lines(document), rules):
        return False  # an extract of minutes that prints no §
    if rules.grammar("page_of_decisions").search(document.text, 0, _OPENING) is not None:
        return True
    return published_on(document, rules) is not None and rules.grammar("page_decider").search(document.text, 0, _OPENING) is not None


def _named_minutes(lines: list[str], rules: Rules) -> bool:
    """Whether a document calls itself minutes, and is not only read as such by its headings."""
    named = [rules.regex(rule) for rule in rules.language.kinds.rule if rule.kind == "protokoll"]
    return any(len(line) <= _HEAD and regex.search(line) for line in lines for regex in named)


def printed_organisation(lines: list[str], rules: Rules) -> str | None:
    """The region or municipality that heads and first lines name most often, in title case: "Almsjö kommun", "Region Ljusmark"."""
    names = Counter(m.group() for line in lines if len(line) <= 110 for m in rules.grammar("organisation_name").finditer(line))
    if not names:
        return None
    found = names.most_common(1)[0][0]
    first, _, last = found.rpartition(" ")
    return f"{first.capitalize()} {last.lower()}" if found.isupper() else found


def _kind(document: Document, lines: list[str], rules: Rules) -> str:
    heads = [document.text[b.start : b.end] for b in document.blocks if b.kind is BlockKind.FURNITURE]
    printed = lines[len(heads) :]
    found = [
        (rule.rank, rule.kind)
        for rule in rules.language.kinds.rule
        for line in [*heads, *printed[: 8 if rule.kind in ("rapport", "tjänsteskrivelse", "kallelse") else 14]]
        if len(line) <= _HEAD and rules.regex(rule).search(line)
    ]
    if found:
        return min(found)[1]
    if document.paragraphs and any(p.number.startswith("§") for p in document.paragraphs):
        return "protokoll"
    pages = [p for p in document.pages if p.lines]
    if pages and sum(1 for p in pages if p.width > p.height) > len(pages) / 2:
        return "presentation"
    if any(s.kind == "decision" for s in document.sections):
        return "protokoll"
    return "okänd"


def _meeting(document: Document, lines: list[str], rules: Rules) -> date | None:
    for rule in rules.language.kinds.meeting:
        regex = rules.regex(rule)
        for line in lines + [" ".join(lines[i : i + 2]) for i in range(len(lines) - 1)]:
            match = regex.search(line)
            if match:
                day = parse_day(match.group("date"), rules)
                if day is not None:
                    return day
    if document.paragraphs:  # minutes whose head prints nothing but the date
        for block in document.blocks:
            if block.kind is BlockKind.FURNITURE:
                day = parse_day(document.text[block.start : block.end], rules)
                if day is not None and len(document.text[block.start : block.end]) < 40:
                    return day
    return None


def _body(document: Document, lines: list[str], rules: Rules, bodies: Bodies, kind: str) -> str | None:
    alone = [rules.regex(r) for r in rules.language.kinds.body if r.id == "body.alone"]
    title = [rules.regex(r) for r in rules.language.kinds.body if r.id != "body.alone"]
    if kind == "tjänsteskrivelse":
        return _decider(document, bodies, "proposal")
    adopted = _adoption(document, lines, rules) if kind == "okänd" else None
    adopter = next((name for name in adopted.groupdict().values() if name), "") if adopted is not None else ""
    if bodies.type_of(adopter) in ("board", "assembly"):
        return bodies.base_form(adopter)  # whose plan it is; the boards it names are those it tells
    gives = (
        rules.grammar("gives_following").search(document.text)
        if kind == "okänd" and rules.grammar("assignment_word").search(document.text)
        else None
    )
    giver = gives.group("body") or gives.group("after") or gives.group("owner") if gives is not None else ""
    if bodies.type_of(giver) in ("board", "assembly"):
        return bodies.base_form(giver)
    votes: Counter[str] = Counter()
    meeting_line = rules.grammar("meeting_line")
    for line in lines:
        for regex in alone:
            match = regex.match(line)
            if match and match.group("body")[:1].isupper():
                votes[bodies.base_form(match.group("body"))] += 2
        for regex in title:
            match = regex.search(line)
            if match and bodies.type_of(match.group("body")) and not bodies.is_short(match.group("body")):
                votes[bodies.base_form(_whole(bodies, line, match))] += 2
        meeting = meeting_line.match(line)
        if meeting:
            printed = meeting.group("short") or meeting.group("long")
            if printed in bodies.abbreviations or meeting.group("long"):
                votes[bodies.base_form(printed)] += 2
    for block in document.blocks:
        if block.kind is BlockKind.FURNITURE:
            head = document.text[block.start : block.end]
            if len(head) < 100 and not any(regex.match(head) for regex in alone):  # a name alone has had its vote, whole
                for named in bodies.find(head):
                    if named.type in _BOARDS and named.raw[:1].isupper() and not bodies.quantifier.match(named.raw):
                        votes[bodies.base_form(named.raw)] += 3
    if votes:
        return votes.most_common(1)[0][0]
    found = _named_in_head(document, rules, bodies) if kind == "protokoll" else None
    found = found or _decider(document, bodies, "decision") or _page_decider(document, rules, bodies)
    if found is None and kind == "protokoll":
        titled = (m for line in lines for regex in title if (m := regex.search(line)) and bodies.type_of(m.group("body")))
        found = next((bodies.base_form(m.group("body")) for m in titled), None)  # "Protokollsutdrag från direktionen"
    if found is None and kind == "protokoll" and any(n.type == "company" for line in lines for n in bodies.find(line)):
        return rules.language.bodies.company_board  # minutes of a company name no board of a region
    return found


def _named_in_head(document: Document, rules: Rules, bodies: Bodies) -> str | None:
    """The body that the head of minutes names beside other things, above the first § and heading: "Socialnämnden, Ekfors kommun",
    "Ekfors kommun – Kommunstyrelsen", "Protokoll från kommunstyrelsens sammanträde den 7 oktober"."""
    of_head, minutes = rules.grammar("of_minutes_head"), rules.grammar("minutes_of")
    until = document.paragraphs[0].start if document.paragraphs else len(document.text)
    for block in document.blocks:
        line = document.text[block.start : block.end]
        if block.start >= until or (block.kind is BlockKind.HEADING and block.section >= 0):
            break
        if block.page != 1 or len(line) >= _HEAD or not of_head.match(line):
            continue
        for named in bodies.find(line):
            if (
                named.type in _BOARDS
                and not bodies.quantifier.match(named.raw)
                and (named.raw[:1].isupper() or minutes.search(line[: named.span.start]))
                and not bodies.is_short(bodies.base_form(named.raw))
            ):
                return bodies.base_form(named.raw)
    return None


def _whole(bodies: Bodies, line: str, match: re.Match[str]) -> str:
    """The name a rule found in a line, with what leads it: "Operativa hälso- och sjukvårdsnämnden"."""
    return next((n.raw for n in bodies.find(line) if n.span.end == match.end("body")), match.group("body"))


def _page_decider(document: Document, rules: Rules, bodies: Bodies) -> str | None:
    """The body a page tells of that is no minutes: "Regionstyrelsen har i dag fattat flera beslut", "Fler beslut från kommunstyrelsen"."""
    if document.paragraphs:
        return None
    for match in rules.grammar("page_decider").finditer(document.text[:1500]):
        named = [n for n in bodies.find(next(printed for printed in match.groupdict().values() if printed)) if n.type in _BOARDS]
        if named and not bodies.is_short(named[-1].raw) and not bodies.quantifier.match(named[-1].raw):
            return bodies.base_form(named[-1].raw)
    if published_on(document, rules) is not None:  # news of what a body did: the first board it names
        first = next(
            (n for n in bodies.find(document.text[:_INGRESS]) if n.type in ("board", "assembly") and bodies.full_name.search(n.raw)), None
        )
        if first is not None and not bodies.is_short(first.raw) and not bodies.quantifier.match(first.raw):
            return bodies.base_form(first.raw)
    return None


def _decider(document: Document, bodies: Bodies, section_kind: str) -> str | None:
    """The body that is subject of "beslutar" (or, in a letter, whom the proposal addresses)."""
    for section in document.sections:
        if section.kind != section_kind:
            continue
        content = document.text[section.start : section.end]
        match = bodies.rules.grammar("document_decider").search(content)
        if match:
            named = bodies.find(match.group("body"))
            boards = [n for n in named if n.type in _BOARDS and not bodies.is_short(n.raw)]
            if boards:
                return bodies.base_form(boards[-1].raw)
        heading = bodies.find(section.heading)
        if heading and heading[0].type in _BOARDS:
            return bodies.base_form(heading[0].raw)
    return None


def _title(document: Document, kind: str, bodies: Bodies) -> str | None:
    if len(document.paragraphs) == 1 and document.paragraphs[0].heading:
        return document.paragraphs[0].heading
    headings = [b for b in document.blocks if b.kind is BlockKind.HEADING and b.page == 1 and b.paragraph < 0 and b.section < 0]
    if headings:
        for heading in headings:
            text = document.text[heading.start : heading.end]
            if len(text) > 8 and not any(n.span.end - n.span.start > len(text) - 3 for n in bodies.find(text)):
                return text
        return None
    if kind == "protokoll" and len(document.paragraphs) > 1:
        return None
    first_text = next((b for b in document.blocks if b.kind in (BlockKind.TEXT, BlockKind.HEADING) and b.page == 1), None)
    return document.text[first_text.start : first_text.end][:160] if first_text else None
