"""The list as a page that stands alone: no script, no outside request, printable, tables a screen reader can follow."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pipeline.export.annex.contents import HEADINGS, Annex

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TEMPLATES = Path(__file__).parent / "templates"


def page(listed: Annex) -> bytes:
    """The list as HTML."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["whole"] = _whole
    sections = [(HEADINGS[code], code, list(entries)) for code, entries in groupby(listed.entries, key=lambda e: e.code)]
    css = (_TEMPLATES / "annex.css").read_text(encoding="utf-8")
    return environment.get_template("annex.html").render(listed=listed, sections=sections, css=css).encode()


def _whole(text: str) -> Markup:
    """The text, escaped, with each day kept on one line."""
    return Markup(_DAY.sub(lambda day: f'<span class="day">{day.group()}</span>', str(escape(text))))  # noqa: S704 - escaped first
