"""House styles: how a document's text is set when an office prints it, chosen at random within a style by a seed.

The text is that of annotated documents (the layout language of laid_out.py); :func:`blocks_of` takes it apart, :func:`look_of` gives a
style's look, typeset_html.py and typeset_docx.py print it. All the styles are invented: what they hold is what prints of that kind have
in common, and no organisation's own.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from itertools import pairwise

import pyphen

from rules.ruleset import load_rules

_ITEM = re.compile(r"(?P<marker>\d{1,2}\.(?:\d\.?)?|\d{1,2}\)|[a-z]\)|[a-z]\.|[-–−•o\uf0b7])\s+(?=\S)")
_TITLE = re.compile(r"(?:[A-ZÅÄÖ]{2,5} )?§§? ?\d")
_LABEL_AND_VALUE = re.compile(
    r"^(?P<label>Sammanträdesdatum|Sammanträdesdag|Mötesdatum|Datum|Dnr|Diarienummer|Ärendenummer|Handläggare|Blad|Sida|Sid):?\s+(?P<value>\S.*)$"
)
_LONGEST_LABEL = 44
_LONGEST_TITLE = 130
ADDRESSES = (
    ("Postadress", "Box 120", "812 34 Sjöstad"),
    ("Besöksadress", "Storgatan 14", "Sjöstad"),
    ("Telefon", "0123-45 67 89", "vx"),
    ("E-post", "info@exempel.se", "Org.nr 212000-0000"),
)
BULLETS = "-–−•o\uf0b7"

STYLES: dict[str, str] = {
    "side": "narrow left column of labels, the text right of it",
    "boxed": "boxed table as page head, foot of fields to sign",
    "letter": "letterhead: address right, reference fields in columns, foot of addresses",
    "justified": "justified, hyphenated, small print: pages break within points",
    "brochure": "two text columns, headings in colour, text boxes, large page numbers",
    "form": "decisions in bordered tables: label and text",
    "lists": "hanging indents, symbol bullets, en dashes, lettered points",
    "plain": "1.5 lines, headings in the size of the text, no space between paragraphs",
    "web": "web page printed from a browser",
    "slides": "landscape slides",
    "capitals": "centred headings in capitals and letter-spaced",
}


@dataclass(frozen=True)
class Block:
    """A piece of a document: ``kind`` is title, heading, text, item, table or gap."""

    kind: str
    text: str = ""
    marker: str = ""
    indent: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass
class Look:
    """What a style looks like in one document. Lengths are millimetres, sizes of letters points."""

    style: str
    producer: str
    font: str
    size: float
    leading: float = 1.2
    margins: tuple[float, float, float, float] = (25, 25, 38, 28)  # left, right, top, bottom
    justify: bool = False
    hyphenate: bool = False
    columns: int = 1
    frame: str = "flow"  # flow, side, form, slides
    head: str = "lines"  # lines, box, letter, web, none
    foot: str = "lines"  # lines, signs, address, number, web
    heading: str = "bold"  # bold, underline, italic
    heading_size: float = 1.0
    title_size: float = 1.15
    colour: str = "#000000"
    caps: bool = False
    spaced: float = 0.0  # points between the letters of headings
    centred: bool = False
    after: float = 6.0  # points below a paragraph
    bullet: str = ""
    """What stands for the bullets of the text: as they are where "", "\uf0b7" of Symbol or "\uf0a7" of Wingdings, or a dash."""
    boxes: bool = False  # lists in a coloured box
    label_share: float = 0.27
    drop: float = 0.0
    """Millimetres above the first line, as where a logotype stands or another matter ends: the page breaks somewhere else."""


_RUN_OVER = {"side", "boxed", "justified", "form", "lists", "plain"}
"""Styles in which a document often begins far down a page, so that it runs over to the next."""
_SERIF, _SANS = ("Liberation Serif", "DejaVu Serif"), ("Liberation Sans", "Liberation Sans Narrow", "DejaVu Sans")


def look_of(style: str, chance: random.Random) -> Look:
    """The look of one document of the style."""
    look = _look(style, chance)
    if style in _RUN_OVER and chance.random() < 0.7:
        look.drop = chance.uniform(60, 175)
    return look


def _look(style: str, chance: random.Random) -> Look:
    pick = chance.choice
    any_font = pick((*_SERIF, *_SANS))
    between = chance.uniform
    if style == "side":
        return Look(
            style, pick(("office", "browser")), any_font, pick((10, 10.5, 11, 12)), pick((1.1, 1.2, 1.35)), (22, 20, 40, 28), frame="side",
            foot=pick(("signs", "lines")), heading=pick(("bold", "italic", "bold")), heading_size=pick((1.0, 0.9)),
            title_size=pick((1.0, 1.2)), after=pick((4, 8)), label_share=between(0.22, 0.3), hyphenate=chance.random() < 0.4,
        )  # fmt: skip
    if style == "boxed":
        return Look(
            style, pick(("office", "browser", "office")), any_font, pick((10.5, 11, 12)), pick((1.0, 1.15)), (25, 22, 52, 40), head="box",
            foot="signs", after=pick((0, 6, 8)), heading_size=pick((1.0, 1.15)), title_size=pick((1.0, 1.2)),
        )  # fmt: skip
    if style == "letter":
        return Look(
            style, pick(("office", "browser")), any_font, pick((11, 12)), pick((1.1, 1.25)), (30, 25, 40, 36),
            head="letter", foot="address", after=pick((6, 10)), heading_size=pick((1.1, 1.25)), title_size=pick((1.4, 1.6)),
        )  # fmt: skip
    if style == "justified":
        return Look(
            style, pick(("office", "browser", "library")), pick(_SERIF), pick((9.5, 10, 10.5)), pick((1.05, 1.15, 1.2)),
            (between(28, 45), between(28, 45), 32, between(26, 60)), justify=True, hyphenate=True, foot=pick(("lines", "number")),
            after=pick((0, 4, 6)), heading_size=pick((1.0, 1.1)), title_size=pick((1.1, 1.3)),
        )  # fmt: skip
    if style == "brochure":
        return Look(
            style, pick(("browser", "browser", "library")), pick(_SANS), pick((9, 9.5, 10)), pick((1.25, 1.4)), (18, 18, 26, 28), columns=2,
            head="none", foot="number", colour=pick(("#00629b", "#7a1f5c", "#2f6b3c")), heading_size=pick((1.2, 1.4)),
            title_size=pick((1.8, 2.2)), after=pick((5, 7)), boxes=chance.random() < 0.5, hyphenate=chance.random() < 0.5,
        )  # fmt: skip
    if style == "form":
        return Look(
            style, pick(("office", "browser", "library")), any_font, pick((10, 11)), 1.15, (20, 18, 36, 26), frame="form",
            head=pick(("lines", "box")), foot=pick(("lines", "signs")), after=pick((2, 4)), label_share=between(0.18, 0.28),
            title_size=pick((1.0, 1.1)),
        )  # fmt: skip
    if style == "lists":
        return Look(
            style, pick(("office", "browser", "office")), any_font, pick((11, 12)), pick((1.1, 1.2)), (28, 25, 36, 28),
            bullet=pick(("\uf0b7", "\uf0a7", "–", "•")), after=pick((0, 3, 6)), heading_size=pick((1.0, 1.15)),
        )  # fmt: skip
    if style == "plain":
        return Look(
            style, pick(("office", "browser")), any_font, pick((11, 12)), pick((1.5, 1.6, 1.45)), (28, 28, 34, 28), after=0,
            heading=pick(("bold", "underline", "bold")), heading_size=1.0, title_size=1.0,
        )  # fmt: skip
    if style == "web":
        return Look(
            style, "browser", pick(_SANS), pick((10.5, 12)), pick((1.4, 1.5)), (12, 12, 16, 16), head="web", foot="web",
            heading_size=pick((1.2, 1.35)), title_size=pick((1.7, 2.0)), after=8, colour=pick(("#000000", "#1b4f72")),
        )  # fmt: skip
    if style == "slides":
        return Look(
            style, "browser", pick(_SANS), pick((16, 18, 20)), 1.2, (18, 18, 16, 16), frame="slides", head="none", foot="number",
            heading_size=pick((1.3, 1.5)), title_size=pick((1.6, 1.8)), after=6, bullet=pick(("•", "–", "\uf0a7")),
            colour=pick(("#000000", "#00629b")),
        )  # fmt: skip
    if style == "capitals":
        return Look(
            style, pick(("office", "browser")), any_font, pick((11, 12)), pick((1.1, 1.25)), (28, 28, 38, 28), caps=True,
            spaced=pick((1.5, 2.5, 4.0)), centred=True, heading=pick(("bold", "plain")), heading_size=pick((1.0, 1.1)), after=pick((4, 8)),
        )  # fmt: skip
    raise ValueError(f"no style is called {style}: they are {', '.join(STYLES)}")


def blocks_of(text: str) -> list[Block]:
    """The document as blocks, a source line each; rows that follow each other are one table. Page breaks are left out: the print has its
    own. A line that is a section's heading and nothing else is printed as one, whether or not the source has it in bold."""
    blocks: list[Block] = []
    for source in text.strip("\n").split("\n"):
        stripped = source.strip()
        if stripped == "===":
            continue
        if not stripped:
            blocks.append(Block("gap"))
        elif stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 2:
            row = tuple(cell.strip() for cell in stripped[1:-1].split("|"))
            if blocks and blocks[-1].kind == "table":
                blocks[-1] = Block("table", rows=(*blocks[-1].rows, row))
            else:
                blocks.append(Block("table", rows=(row,)))
        elif stripped.startswith("## "):
            blocks.append(Block("title", stripped[3:].strip()))
        elif stripped.startswith("# "):
            heading = stripped[2:].strip()
            blocks.append(Block("title" if _TITLE.match(heading) else "heading", heading))
        elif _TITLE.match(stripped) and len(stripped) < _LONGEST_TITLE and not stripped.endswith("."):
            blocks.append(Block("title", stripped))
        else:
            item = _ITEM.match(stripped)
            indent = len(source) - len(source.lstrip(" "))
            if item is None and indent == 0 and is_section(stripped):
                blocks.append(Block("heading", stripped))
            elif item is not None:
                blocks.append(Block("item", stripped[item.end() :], item["marker"], indent))
            else:
                blocks.append(Block("text", stripped, indent=indent))
    return blocks


def is_section(line: str) -> bool:
    """Whether the whole line is the heading of a section ("Kommunstyrelsens beslut")."""
    if len(line) > _LONGEST_LABEL or not line[:1].isupper() or line.endswith((".", ",", ":")):
        return False
    rules = load_rules()
    found = rules.first("sections", rules.language.sections.rule, line)
    return found is not None and found[1].end() == len(line)


def wrapped_by_hand(text: str) -> bool:
    """Whether the text's own line ends are those of a narrow page: such a document is laid out already and cannot be set anew."""
    lines = [line.strip() for line in text.split("\n")]
    cut = sum(1 for above, below in pairwise(lines) if len(above) > 40 and above[-1] not in ".:;,|" and below[:1].islower())
    return cut >= 4


def groups_of(blocks: list[Block]) -> list[tuple[str, list[Block]]]:
    """The blocks below each short heading, for looks that print headings beside their text: ("Beslut", …). What stands under no such
    heading has the label "", and titles are groups of their own."""
    groups: list[tuple[str, list[Block]]] = []
    for block in blocks:
        if block.kind == "title" or (block.kind == "heading" and len(block.text) > _LONGEST_LABEL):
            groups.append(("", [block]))
            groups.append(("", []))
        elif block.kind == "heading":
            groups.append((block.text, []))
        else:
            if not groups:
                groups.append(("", []))
            groups[-1][1].append(block)
    return [(label, inner) for label, inner in groups if label or any(b.kind != "gap" for b in inner)]


def fields_of(head: tuple[str, ...]) -> tuple[list[str], list[tuple[str, str]]]:
    """The lines of a page head, and those that are a label with its value."""
    plain: list[str] = []
    labelled: list[tuple[str, str]] = []
    for line in head:
        for part in re.split(r"\s{3,}", line):
            found = _LABEL_AND_VALUE.match(part)
            if found is not None:
                labelled.append((found["label"], found["value"]))
            elif part.strip():
                plain.append(part.strip())
    return plain, labelled


_SYLLABLES = pyphen.Pyphen(lang="sv_SE", left=3, right=3)
_LONG_WORD = re.compile(r"[A-Za-zÅÄÖåäöé]{7,}")


def soft_hyphens(text: str) -> str:
    """The text with a soft hyphen at each place where a long word may be broken."""
    return _LONG_WORD.sub(lambda word: str(_SYLLABLES.inserted(word[0], "\u00ad")), text)
