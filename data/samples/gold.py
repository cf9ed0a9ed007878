"""Makes the gold of a source: what a careful reader finds in it, in the format the project is scored with.

Annotations are lines that begin with ``@`` under the block they speak of, fields parted by ``|``::

    @3 decided | by Regionstyrelsen | who Regiondirektören | due report "senast den 30 september 2024" ..2024-09-30 | to Regionstyrelsen
    @no "anchor words" | why it is none
    @optional 2024-01-01..2024-12-31

After the number: status, and optionally an act (``exhortation`` …) and ``borderline``. ``who A; B`` names in base form; ``raw=Name``
where the printed form differs. ``also who …`` and the like give a second sound reading. A name that is not printed gets no ``raw``.
The anchor is the words after ``{3}``; the beginning of the sentence it stands in is the second anchor.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from markup import Block, Mark, Source, SourceError, unmark

MONTHS = {
    name: number
    for number, name in enumerate(
        ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"], start=1
    )
}
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_DAY = re.compile(rf"(?:den )?(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})")
_STRAY_DATE = re.compile(rf"\b\d{{4}}-\d\d-\d\d\b|\b(?:\d{{1,2}}[–-])?\d{{1,2}} (?:{'|'.join(MONTHS)})\b|\b(?:{'|'.join(MONTHS)}) 20\d\d\b")
_UNIT = re.compile(r"(?<![\d:])(\d[\d  ]*(?:,\d+)?) ?(mnkr|Mkr|mkr|MSEK|mdkr|tkr|kkr|miljoner|miljarder|miljard|kronor|kr)\b")
_SCALE = {"tkr": 10**3, "kkr": 10**3, "kronor": 1, "kr": 1, "mdkr": 10**9, "miljarder": 10**9, "miljard": 10**9}
_NAME_WORDS = 12
_LEAST = 32


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _range(text: str) -> tuple[str | None, str | None]:
    if text == "none":
        return None, None
    first, dots, last = text.partition("..")
    for one in (first, last):
        if one:
            date.fromisoformat(one)
    return (first or None, last or None) if dots else (first, first)


def _date(mark: Mark) -> dict[str, Any]:
    if mark.value:
        span, _, precision = mark.value.partition(" ")
        first, last = _range(span)
        return {"raw": mark.raw, "from": first, "to": last, "precision": precision or "day"}
    if _ISO.fullmatch(mark.raw):
        day = date.fromisoformat(mark.raw)
    elif found := _DAY.fullmatch(mark.raw):
        day = date(int(found[3]), MONTHS[found[2]], int(found[1]))
    else:
        raise SourceError(f"the date [[{mark.raw}]] needs its value after a bar")
    return {"raw": mark.raw, "from": day.isoformat(), "to": day.isoformat(), "precision": "day"}


def _amount(mark: Mark, number: int) -> dict[str, Any]:
    sek, year, kind, concerns = (*mark.value.split(" ", 3), "", "", "")[:4]
    value = int(sek)
    if found := _UNIT.search(mark.raw):
        whole, _, part = found[1].replace(" ", "").replace(" ", "").partition(",")
        scale = _SCALE.get(found[2], 10**6)
        printed = int(whole) * scale + (int(part) * scale // 10 ** len(part) if part else 0)
        if printed != abs(value):
            raise SourceError(f"the amount {mark.raw} is printed as {printed} and annotated as {value}")
    return {
        "id": f"m{number}",
        "raw": mark.raw,
        "sek": value,
        "year": None if year in ("-", "") else int(year),
        "kind": kind or None,
        "concerns": concerns or None,
    }


def every_block(source: Source) -> list[Block]:
    """All blocks in printed order: those of the head (front page, letterhead), then the text, tables cell by cell."""
    out: list[Block] = []

    def head(value: object) -> None:
        if isinstance(value, str):
            text, marks = unmark(value)
            out.append(Block("head", text, marks=marks))
        elif isinstance(value, list):
            for one in value:
                head(one)
        elif isinstance(value, dict):
            for one in value.values():
                head(one)

    head(source.head.get("print", {}))
    for one in source.blocks:
        out.extend(cell for row in one.rows for cell in row)
        out.append(one)  # after its cells, so that its annotations speak of what has been read
    return out


def _close(blocks: list[Block], at: int) -> list[str]:
    """Where the printed form of a name is looked for: the task's own block (the row, in a table), its lead-in, then what follows."""
    if blocks[at].kind == "cell":
        return [one.plain for one in blocks[at : at + 4] if one.kind == "cell"]
    lead = next((one for one in reversed(blocks[:at]) if one.kind in ("text", "heading", "slide", "paragraph")), None)
    lead_heading = next((one for one in reversed(blocks[:at]) if one.kind == "heading"), None)
    return [one.plain for one in (blocks[at], lead, lead_heading) if one is not None]


def _names(text: str, where: tuple[list[str], str]) -> list[dict[str, str | None]]:
    """Names and their printed forms: in the nearest of the close texts that has one. ``raw=Name`` may stand anywhere in the §."""
    close, near = where
    out: list[dict[str, str | None]] = []
    for one in (part.strip() for part in text.split(";")):
        if not one or one == "-":
            continue
        raw, equals, name = one.partition("=")
        if equals:
            if raw and _letters(raw) not in _letters(near):
                raise SourceError(f"the name {raw!r} is not printed in the §")
            out.append({"raw": raw or None, "name": name})
            continue
        found = next((hit for part in close if (hit := re.search(rf"\b{re.escape(one)}s?\b", part, re.IGNORECASE))), None)
        out.append({"raw": found[0] if found else None, "name": one})
    return out


def _deadline(text: str) -> dict[str, Any]:
    found = re.fullmatch(r'(\w+) "([^"]+)" (\S+)(?: (.+))?', text.strip())
    if not found:
        raise SourceError(f'a deadline is: due KIND "as printed" FROM..TO [BODY], not {text!r}')
    first, last = _range(found[3])
    return {"raw": found[2], "kind": found[1], "from": first, "to": last, "body": found[4]}


ACTS = {"assignment", "exhortation", "follow_up", "reporting_duty", "target", "appointment"}
STATUSES = {"decided", "proposed", "cited"}


def _assignment(stem: str, key: str, fields: list[str], near: tuple[list[str], str], default: str) -> dict[str, Any]:
    words = fields[0].split()
    status = next(word for word in words if word in STATUSES)
    act = next((word for word in words if word in ACTS), "assignment")
    out: dict[str, Any] = {
        "id": f"{stem.split('-')[0]}-{key}",
        "tier": "borderline" if "borderline" in words else "core",
        "act": act,
        "status": status,
        "anchor": "",
        "anchors": [],
        "assigner": _names(default, near) if default else [],
        "assignees": [],
        "partners": [],
        "deadlines": [],
        "report_to": [],
        "source": None,
        "done": None,
        "amounts": [],
        "duplicate_of": None,
        "note": None,
    }
    also: dict[str, list[Any]] = {}
    for one in fields[1:]:
        word, _, rest = one.partition(" ")
        match word:
            case "by":
                out["assigner"] = _names(rest, near)
            case "who":
                out["assignees"] = _names(rest, near)
            case "with":
                out["partners"] = [name["name"] for name in _names(rest, near)]
            case "due":
                out["deadlines"].append(_deadline(rest))
            case "to":
                out["report_to"] = [name["name"] for name in _names(rest, near)]
            case "src":
                out["source"] = dict(pair.split("=", 1) for pair in (p.strip() for p in rest.split(";")))
            case "done":
                out["done"] = True
            case "dup":
                out["duplicate_of"] = f"{stem.split('-')[0]}-{rest}"
            case "sum":
                out["amounts"] = rest.split()
            case "note":
                out["note"] = rest
            case "also":
                name, _, value = rest.partition(" ")
                if name == "who":
                    also.setdefault("assignees", []).append([n["name"] for n in _names(value, near)])
                elif name == "by":
                    also.setdefault("assigner", []).append([n["name"] for n in _names(value, near)])
                elif name == "to":
                    also.setdefault("report_to", []).append([n["name"] for n in _names(value, near)])
                elif name == "due":
                    also.setdefault("deadlines", []).append([] if value in ("", "none") else [_deadline(value)])
                elif name == "status":
                    also.setdefault("status", []).append(value)
                else:
                    raise SourceError(f"nothing is called 'also {name}'")
            case _:
                raise SourceError(f"nothing is called {word!r} in @{key}")
    if also:
        out["also"] = also
    return out


def _anchor(text: str, at: int) -> str:
    words = text[at:].split()
    count = _NAME_WORDS
    while count < len(words) and len(_letters(" ".join(words[:count]))) < _LEAST + 4:
        count += 1
    return " ".join(words[:count])


def _sentence_start(text: str, at: int) -> int:
    starts = [m.end() for m in re.finditer(r"[.!?:] +(?=[A-ZÅÄÖ])", text[:at])]
    return starts[-1] if starts else 0


def _lint(name: str, one: Block) -> None:
    covered = [(m.start, m.end) for m in one.marks]
    text = one.plain
    for what, pattern in (("date", _STRAY_DATE), ("amount", _UNIT)):
        for found in pattern.finditer(text):
            if not any(start <= found.start() and found.end() <= end for start, end in covered):
                around = text[max(0, found.start() - 40) : found.end() + 20]
                raise SourceError(f"{name}: the {what} {found[0]!r} is not marked up: …{around}…")


def _printed_years(text: str, optional: list[dict[str, Any]]) -> None:
    """A bare year is a date to one reader and none to another: it may be given, need not be."""
    known = {(one["from"], one["to"]) for one in optional}
    for year in sorted({found[0] for found in re.finditer(r"(?<![\d/:.–-])20[1-3]\d(?![\d/:–-])", text)}):
        span = (f"{year}-01-01", f"{year}-12-31")
        if span not in known:
            optional.append({"from": span[0], "to": span[1]})


def _printed_in_head(head: dict[str, Any], dates: list[dict[str, Any]]) -> None:
    """The dates that stand in the head and foot of every page, the day of the meeting as a rule."""
    style = head.get("style", {})
    for found in _ISO.finditer(" ".join([*style.get("head", []), style.get("foot", "")])):
        if all(found[0] != one["from"] for one in dates):
            dates.append({"raw": found[0], "from": found[0], "to": found[0], "precision": "day"})


def make(source: Source) -> dict[str, Any]:
    """The gold of one source. Raises :class:`SourceError` where text and annotation do not fit, or a date or an amount is unmarked."""
    head = source.head
    gold: dict[str, Any] = {key: head.get(key) for key in ("kind", "body", "title", "paragraph", "diary_number", "maker")}
    gold = {"file": f"{source.stem}.pdf", **gold}
    lists: dict[str, list[Any]] = {
        k: [] for k in ("assignments", "not_assignments", "amounts", "dates", "dates_optional", "references", "persons")
    }
    tasks: dict[str, tuple[Block, int]] = {}
    wanted: list[str] = []
    near = ""
    seen: set[tuple[str, str]] = set()
    whole = " ".join(b.plain for b in every_block(source))
    default = str(head.get("assigner", ""))
    used_starts: set[tuple[int, int]] = set()
    blocks = every_block(source)
    places = {id(one): number for number, one in enumerate(blocks)}
    for one in blocks:
        _lint(source.stem, one)
        if one.kind == "paragraph":
            near = ""
            if one.diary:
                lists["references"].append({"raw": one.diary, "kind": "diary", "normalized": one.diary.removeprefix("Dnr ")})
        near += " " + one.plain
        for mark in one.marks:
            match mark.kind:
                case "date":
                    lists["dates"].append(_date(mark))
                case "amount":
                    lists["amounts"].append(_amount(mark, len(lists["amounts"]) + 1))
                case "reference":
                    kind, _, normal = mark.value.partition("|")
                    lists["references"].append({"raw": mark.raw, "kind": kind.strip(), "normalized": normal.strip() or mark.raw})
                case "person":
                    if (mark.raw, mark.value) not in seen:
                        seen.add((mark.raw, mark.value))
                        lists["persons"].append({"name": mark.raw, "role": mark.value or None})
                case "task":
                    tasks[mark.value] = (one, mark.start)
        for note in one.notes:
            fields = [part.strip() for part in re.split(r" \| ", note)]
            key, _, rest = fields[0].partition(" ")
            if key == "no":
                anchor = rest.strip('"')
                if _letters(anchor) not in _letters(whole):
                    raise SourceError(f"{source.stem}: {anchor!r} is not printed")
                lists["not_assignments"].append({"anchor": anchor, "why": fields[1]})
            elif key == "optional":
                first, last = _range(rest)
                lists["dates_optional"].append({"from": first, "to": last})
            elif key == "by":
                default = rest
            else:
                wanted.append(key)
                if key not in tasks:
                    raise SourceError(f"{source.stem}: @{key} has no {{{key}}} in the text above it")
                block, at = tasks[key]
                close = _close(blocks, places[id(block)])
                try:
                    record = _assignment(source.stem, key, [rest, *fields[1:]], (close, near), default)
                except (SourceError, ValueError, StopIteration) as error:
                    raise SourceError(f"{source.stem} @{key}: {error or 'no status'}") from error
                record["anchor"] = _anchor(block.plain, at)
                start = _sentence_start(block.plain, at)
                if start != at and (id(block), start) not in used_starts:
                    record["anchors"] = [_anchor(block.plain, start)]
                used_starts.add((id(block), start))
                for due in record["deadlines"]:
                    if _letters(due["raw"]) not in _letters(whole):
                        raise SourceError(f"{source.stem} @{key}: the deadline {due['raw']!r} is not printed")
                lists["assignments"].append(record)
    _printed_years(whole, lists["dates_optional"])
    _printed_in_head(head, lists["dates"])
    unannotated = set(tasks) - set(wanted)
    if unannotated:
        raise SourceError(f"{source.stem}: no annotation for {sorted(unannotated)}")
    order = [mark.value for one in blocks for mark in one.marks if mark.kind == "task"]
    lists["assignments"].sort(key=lambda a: order.index(a["id"].split("-", 1)[1]))
    return {**gold, **lists}
