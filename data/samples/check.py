"""Checks that all the gold of a document is printed in its PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
from markup import Source, SourceError

_POINTS = 72 / 2.54


def letters(text: str) -> str:
    """Letters and digits in lower case: what is left when white space, hyphens and line breaks do not count."""
    return "".join(c for c in text.lower() if c.isalnum())


def body_text(source: Source, pdf: Path, whole: bool = False) -> str:
    """The text of all pages without head and foot (with them, where ``whole``), in the order it was drawn."""
    style: dict[str, Any] = dict(source.head.get("style", {}))  # type: ignore[call-overload]
    slides = source.head["maker"] == "impress"
    document = pypdfium2.PdfDocument(pdf)
    out = []
    for page in document:
        _, height = page.get_size()
        top = height if slides or whole else height - (float(style.get("top", 3.4)) - 0.4) * _POINTS
        bottom = 0 if slides or whole else (float(style.get("bottom", 2.8)) - 0.3) * _POINTS
        out.append(page.get_textpage().get_text_bounded(bottom=bottom, top=top))
    document.close()
    return "\n".join(out)


def cut_cell(raw: str, text: str) -> bool:
    """Whether the words stand in order and near each other: a table cell that the page cuts has its neighbours printed between."""
    words, at = raw.lower().split(), 0
    low = " ".join(text.lower().split())
    first = low.find(words[0])
    while first >= 0:
        at = first
        for word in words:
            at = low.find(word, at)
            if at < 0 or at > first + 4 * len(raw):
                break
            at += len(word)
        else:
            return True
        first = low.find(words[0], first + 1)
    return False


def printed(source: Source, gold: dict[str, Any], pdf: Path) -> None:
    """Raises :class:`SourceError` with the first anchor, amount, date, reference or person that is not printed."""
    whole = body_text(source, pdf)
    text = letters(whole)
    tables = any(one.kind == "table" for one in source.blocks)
    wanted: list[tuple[str, str]] = []
    for one in gold["assignments"]:
        wanted += [("anchor", one["anchor"]), *(("anchor", more) for more in one["anchors"])]
        wanted += [("deadline", due["raw"]) for due in one["deadlines"]]
        wanted += [("name", name["raw"]) for side in ("assigner", "assignees") for name in one[side] if name["raw"]]
    wanted += [("not an assignment", one["anchor"]) for one in gold["not_assignments"]]
    wanted += [(kind[:-1], one["raw"]) for kind in ("amounts", "dates", "references") for one in gold[kind]]
    wanted += [("person", one["name"]) for one in gold["persons"]]
    frames = letters(body_text(source, pdf, whole=True))
    for kind, raw in wanted:
        if kind == "date" and letters(raw) in frames:
            continue
        if letters(raw) not in text and not (kind == "anchor" and tables and cut_cell(raw, whole)):
            raise SourceError(f"{source.stem}: the {kind} {raw!r} is not printed in the PDF")
