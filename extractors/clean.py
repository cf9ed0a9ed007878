"""Lines that are the text, apart from lines that are the page.

A page head, foot, signature strip or page number is *furniture*. Some of it one page shows (rules/sv/furniture.toml); the rest is
what repeats at the same height from page to page with only digits changed. Nothing is thrown away silently: every removed line is
accounted for with why, and the first of each kind of head is kept for structure to read body, date and kind from.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import NamedTuple

from extractors.misprints import Misprints
from extractors.model import Line, Page, record
from rules.expressions import expression
from rules.ruleset import Rules
from rules.shortlists import Shortlist

_DIGITS = expression(r"\d+")
_EDGE = 0.13
_DEEPEST_BOX = 0.17
"""The share of the page's height that the box of a page head, or the strip for signatures, takes at the most."""
_SPACED_LETTERS = expression(r"^(?=(?:\S+ ){3})(?:[A-ZÅÄÖ]{1,3} ){3,}[A-ZÅÄÖ]{1,3}$|^[A-ZÅÄÖ] (?:[a-zåäö] ){3,}[a-zåäö]$")


class CleanLine(NamedTuple):
    """A line with its place (``number`` counts the lines of its page from 0) and the text that is read: ``pieces`` are runs
    ``(text, at)`` where ``at`` is the run's offset in the printed line, so that a mended character still leads to its box. ``ended``:
    whether it :func:`ends_sentence`, which is asked several times of each line."""

    page: int
    number: int
    line: Line
    text: str
    pieces: tuple[tuple[str, int], ...]
    ended: bool


@dataclass(frozen=True, slots=True)
class CleanText:
    """What is left to read, what was taken away and why, in page order."""

    lines: tuple[CleanLine, ...]
    furniture: tuple[CleanLine, ...]
    removed: tuple[tuple[int, int, str], ...]


def ends_sentence(text: str) -> bool:
    """Whether a full stop, a colon or the like ends the line, a closing quotation mark or bracket after it aside."""
    return text.rstrip('"”’)').endswith((".", "!", "?", ":", ";"))


def mend(text: str, rules: Rules) -> tuple[str, tuple[tuple[str, int], ...]]:
    """``text`` with known damage undone, and the runs it consists of with their offsets in the printed text."""
    words = _misprints(rules).mend(text)
    if words != text:
        text, pieces = words, _aligned(text, words)
    else:
        pieces = [(text, 0)]
    damages, signs = _replacements(rules)
    if not _may_be_damaged(text, signs):
        return text, tuple(pieces)
    possible = damages.of(text)
    if len(pieces) == 1 and not any(regex.search(text) for _, regex in possible):
        return text, tuple(pieces)  # it only looks as if it had one ("hälso- och", "får i uppdrag att")
    for damage in damages.rules:
        replacement, regex = damage
        if damage not in possible or not any(regex.search(run) for run, _ in pieces):
            continue
        mended: list[tuple[str, int]] = []
        for run, at in pieces:
            done = 0
            for match in regex.finditer(run):
                if match.start() > done:
                    mended.append((run[done : match.start()], at + done))
                new = match.expand(replacement)
                if new:
                    mended.append((new, at + match.start()))
                done = match.end()
            if done < len(run):
                mended.append((run[done:], at + done))
        pieces = mended
        possible = damages.of("".join(run for run, _ in pieces))
    return "".join(run for run, _ in pieces), tuple(pieces)


def _may_be_damaged(text: str, signs: tuple[str, ...]) -> bool:
    """Whether any replacement could find something. NOTE: literals before the expressions, since nearly no line has one."""
    return not text.isprintable() or any(sign in text for sign in signs)


def _aligned(printed: str, mended: str) -> list[tuple[str, int]]:
    """Runs of ``mended`` with their offsets in ``printed``; words that changed length are runs of their own."""
    if len(printed) == len(mended):
        return [(mended, 0)]
    runs: list[tuple[str, int]] = []
    at = 0
    old, new = printed.split(" "), mended.split(" ")
    for index, (a, b) in enumerate(zip(old, new, strict=True)):
        runs.append((b + (" " if index < len(new) - 1 else ""), at))
        at += len(a) + 1
    return runs


def _misprints(rules: Rules) -> Misprints:
    found: Misprints | None = rules.memo.get("misprints")
    if found is None:
        found = rules.memo["misprints"] = Misprints(rules)
    return found


def _replacements(rules: Rules) -> tuple[Shortlist[str], tuple[str, ...]]:
    """What stands in place of each known damage, with the expression that finds it, and the signs of damage that are printable."""
    cached: tuple[Shortlist[str], tuple[str, ...]] | None = rules.memo.get("damage")
    if cached is None:
        known = rules.language.damage.replacement
        found = [(r.replace, expression(r.find)) for r in known]
        signs = dict.fromkeys(sign for r in known for sign in r.signs if sign.isprintable())
        cached = rules.memo["damage"] = Shortlist(found, "in part"), tuple(signs)
    return cached


def _without_boxes(pages: tuple[Page, ...], rules: Rules) -> tuple[Page, ...]:
    """The pages, the lines of page heads and feet in boxes out of their cells: tables that stand near the edge as a whole, with a line
    that a rule names or that comes again there on another page."""
    boxes: dict[tuple[int, int], list[str]] = {}
    for page in pages:
        low, high = page.height * _DEEPEST_BOX, page.height * (1 - _DEEPEST_BOX)
        inside: dict[int, list[Line]] = {}
        for line in page.lines:
            if line.cell is not None:
                inside.setdefault(line.cell.table, []).append(line)
        for table, lines in inside.items():
            if max(line.bottom for line in lines) < low or min(line.top for line in lines) > high:
                boxes[page.number, table] = [_DIGITS.sub("0", line.text) for line in lines]
    if not boxes:
        return pages
    named = [r for r in rules.language.furniture.rule if r.place == "anywhere"]
    seen = Counter(text for texts in boxes.values() for text in set(texts))
    frames = {
        box
        for box, texts in boxes.items()
        if any(seen[text] > 1 or rules.first("furniture.anywhere", named, text) is not None for text in texts)
    }
    out: list[Page] = []
    for page in pages:
        own = {table for number, table in frames if number == page.number}
        if own:
            bare = (line._replace(cell=None) if line.cell is not None and line.cell.table in own else line for line in page.lines)
            page = replace(page, lines=tuple(bare))
        out.append(page)
    return tuple(out)


def _repeated(pages: tuple[Page, ...]) -> set[tuple[int, int]]:
    """Lines near the top or bottom edge that come again on other pages with only their digits changed."""
    seen: Counter[tuple[str, bool]] = Counter()
    places: list[tuple[tuple[str, bool], tuple[int, int]]] = []
    for page in pages:
        on_page: set[tuple[str, bool]] = set()
        low, high = page.height * _EDGE, page.height * (1 - _EDGE)
        for index, line in enumerate(page.lines):
            top = line.bottom < low
            if not top and line.top < high:
                continue
            if line.cell is not None or len(line.text) > 90 or "§" in line.text[:8]:
                continue  # § headings are alike but for their digits, and no page head
            key = (_DIGITS.sub("0", line.text), top)
            on_page.add(key)
            places.append((key, (page.number, index)))
        seen.update(on_page)
    printed = sum(1 for page in pages if page.lines)
    enough = max(2, round(printed * 0.3)) if printed > 2 else 2
    return {place for key, place in places if seen[key] >= enough}


def clean(pages: tuple[Page, ...], rules: Rules) -> CleanText:
    """The lines of ``pages`` in reading order, damage mended, without page furniture.

    A page whose every line would be furniture keeps none; a document of one page loses only what a rule names.
    """
    pages = _without_boxes(pages, rules)
    repeated = _repeated(pages)
    furniture_rules = rules.language.furniture.rule
    by_place = {place: [r for r in furniture_rules if r.place == place] for place in ("anywhere", "top", "bottom", "edge")}
    everywhere, at_edge, at_top, at_bottom = (by_place[place] for place in ("anywhere", "edge", "top", "bottom"))
    read: dict[str, tuple[str, tuple[tuple[str, int], ...], bool, str | None]] = {}  # NOTE: a third of the lines of minutes come again
    edges: dict[tuple[str, bool, bool], str | None] = {}  # the same for what is asked of lines at the top, at the bottom
    judged: list[tuple[list[CleanLine], list[str | None]]] = []
    for page in pages:
        page_lines: list[CleanLine] = []
        reasons: list[str | None] = []
        number, count = page.number, len(page.lines)
        low, high = page.height * _EDGE, page.height * (1 - _EDGE)
        for index, line in enumerate(page.lines):
            known = read.get(line.text)
            if known is None:
                text, pieces = mend(line.text, rules)
                if " " in text[1:4] and text[0].isupper() and _SPACED_LETTERS.match(text) and _mean_length(text) < 2.5:
                    text, pieces = _close_up(text)
                found = rules.first("furniture.anywhere", everywhere, text) if len(text) <= 120 else None
                known = read[line.text] = text, pieces, ends_sentence(text), found[0].id if found is not None else None
            text, pieces, ended, anywhere = known
            page_lines.append(record(CleanLine, (number, index, line, text, pieces, ended)))
            reason = None
            if line.cell is None and len(text) <= 120:
                reason = anywhere
                if reason is None:
                    top = line.bottom < low or index < 2
                    bottom = line.top > high or index >= count - 2
                    if top or bottom:
                        place = text, top, bottom
                        if place not in edges:
                            found = rules.first("furniture.edge", at_edge, text)
                            if found is None and top and at_top:
                                found = rules.first("furniture.top", at_top, text)
                            if found is None and bottom and at_bottom:
                                found = rules.first("furniture.bottom", at_bottom, text)
                            edges[place] = found[0].id if found is not None else None
                        reason = edges[place]
                    if reason is None and (number, index) in repeated:
                        reason = "furniture.repeated"
            reasons.append(reason)
        _heads_in_the_middle(page_lines, reasons, rules)
        judged.append((page_lines, reasons))
    _heads_known_elsewhere(judged, rules)
    lines: list[CleanLine] = []
    furniture: list[CleanLine] = []
    removed: list[tuple[int, int, str]] = []
    for page_lines, reasons in judged:
        for entry, reason in zip(page_lines, reasons, strict=True):
            if reason is None:
                lines.append(entry)
            else:
                furniture.append(entry)
                removed.append((entry.page, entry.number, reason))
    return CleanText(tuple(lines), tuple(furniture), tuple(removed))


def _heads_in_the_middle(lines: list[CleanLine], reasons: list[str | None], rules: Rules) -> None:
    """A body's name alone on a line beside "Protokoll nr 5" or "Sammanträdesdatum" is head, also in the middle of a §, also with the
    section word that the new page begins with printed between them."""
    if "furniture.minutes_head" not in reasons and "furniture.meeting_date" not in reasons:
        return
    for at, reason in enumerate(reasons):
        if reason not in ("furniture.minutes_head", "furniture.meeting_date"):
            continue
        for back in range(1, 4):
            before = at - back
            if before < 0:
                break
            if reasons[before] is None and is_body_alone(lines[before].text, rules):
                reasons[before] = "furniture.body_in_head"
                break


def _heads_known_elsewhere(judged: list[tuple[list[CleanLine], list[str | None]]], rules: Rules) -> None:
    """A body's name alone that is head on other pages is head wherever it stands, unless it is among those a decision is sent to."""
    heads = Counter([e.text for lines, reasons in judged for e, r in zip(lines, reasons, strict=True) if r])
    known = {text for text, count in heads.items() if count > 1 and is_body_alone(text, rules)}
    if not known:
        return
    recipients = [s for s in rules.language.sections.rule if s.kind == "recipients"]
    for lines, reasons in judged:
        for at, entry in enumerate(lines):
            if reasons[at] is None and entry.text in known:
                above = [e.text for e in lines[max(0, at - 8) : at]]
                if not any(rules.first("recipients", recipients, text) for text in above):
                    reasons[at] = "furniture.body_in_head"


def is_body_alone(text: str, rules: Rules) -> bool:
    """Whether a line is nothing but the name of a body, as a page head prints it."""
    if len(text) > 70:
        return False
    return rules.first("body.alone", [r for r in rules.language.kinds.body if r.id == "body.alone"], text) is not None


def _mean_length(text: str) -> float:
    words = text.split(" ")
    return sum(map(len, words)) / len(words)


def _close_up(text: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    pieces: list[tuple[str, int]] = []
    at = 0
    for part in text.split(" "):
        pieces.append((part, at))
        at += len(part) + 1
    return "".join(p for p, _ in pieces), tuple(pieces)
