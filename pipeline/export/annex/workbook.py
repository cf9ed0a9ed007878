"""The list as a workbook: real days and numbers, filters, panes that stay, and nothing that could run.

Three sheets: the assignments, what proves each (an event a row, linked), and what the list is.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter import Workbook
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.export.annex.contents import Annex
from pipeline.export.annex.table import COLUMNS, row

_WIDTHS = (5, 15, 54, 25, 21, 11, 10, 7, 16, 11, 11, 24, 24, 13, 14, 11, 11, 40, 50, 19)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SOURCES = ("nr", "dag", "dagen är", "händelse", "status", "organ", "paragraf", "text", "dokument", "sida", "länk")
_SOURCE_WIDTHS = (5, 11, 18, 20, 12, 28, 10, 80, 40, 6, 30)
_STATUS = {"decided": "beslutat", "proposed": "föreslaget", "cited": "återgivet"}
_BASIS = {"meeting": "sammanträdets dag", "printed": "utskriven", "earliest": "tidigast", "unknown": "okänd"}
_PRINTED = 12  # columns of the first sheet that are printed: what, who, when, by when
_LINE = 15.0  # points a line takes
_TALLEST = 405.0
_EPOCH = date(1899, 12, 30)  # day 0 of a workbook; XlsxWriter counts it in seconds, which takes five times as long
_LONGEST = 32_000  # characters a cell takes, with room
_LINKS = 60_000  # a sheet takes 65,530


def workbook(listed: Annex) -> bytes:
    """The list as .xlsx."""
    to = io.BytesIO()
    # Rows go straight to the file; text is text, whatever it begins with.
    book = Workbook(
        to,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    stamp = datetime.combine(listed.day, datetime.min.time())
    book.set_properties({"title": listed.title, "subject": listed.subtitle, "created": stamp, "comments": "uppdrag"})
    forms = {
        "head": book.add_format({"bold": True, "bg_color": "#E4ECEF", "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top", "align": "left", "bottom": 4, "bottom_color": "#9AA5A9"}),
        "line": book.add_format({"valign": "top", "align": "left", "bottom": 4, "bottom_color": "#9AA5A9"}),
        "link": book.add_format({"hyperlink": True, "valign": "top", "align": "left", "bottom": 4, "bottom_color": "#9AA5A9"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top", "bottom": 4, "bottom_color": "#9AA5A9"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
    }
    _sheet(book, forms, listed, "Uppdrag", COLUMNS, _WIDTHS, [row(listed, entry) for entry in listed.entries])
    linked = len(_SOURCES) if listed.address is not None else len(_SOURCES) - 1
    sources = [
        (
            entry.number,
            None if source.day is None else date.fromisoformat(source.day),
            _BASIS.get(source.day_basis, source.day_basis),
            listed.happened(source),
            _STATUS.get(source.status, source.status),
            source.body,
            source.paragraph,
            source.text,
            source.name or source.document,
            source.page,
            listed.link(source),
        )[:linked]
        for entry in listed.entries
        for source in entry.followed.sources
    ]
    _sheet(book, forms, listed, "Källor", _SOURCES[:linked], _SOURCE_WIDTHS[:linked], sources)
    _about(book, forms, listed)
    book.close()
    return to.getvalue()


def _sheet(
    book: Any,
    forms: dict[str, Any],
    listed: Annex,
    name: str,
    columns: tuple[str, ...],
    widths: tuple[int, ...],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    count = len(rows)
    sheet = book.add_worksheet(name, _Rows)
    for n, width in enumerate(widths):
        sheet.set_column(n, n, width)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    if name == "Uppdrag":
        sheet.print_area(0, 0, max(count, 1), _PRINTED - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.set_header(f"&L{_plain(listed.title)}&R{_plain(listed.subtitle)}")
    sheet.set_footer("&L&A&RSida &P av &N")
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 3 if name == "Uppdrag" else 1)
    sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    sheet.set_row(0, 2 * _LINE)
    for n, title in enumerate(columns):
        sheet.write_string(0, n, title[:1].upper() + title[1:], forms["head"])
    sheet.put(rows, columns, widths, forms)


class _Rows(Worksheet):  # type: ignore[misc]  # it carries no types
    """A sheet that takes whole rows.

    NOTE: XlsxWriter's way is a call a cell, 7 µs; a list of 8,500 assignments has 300,000 cells. These rows go into the same file it
    keeps rows in (``constant_memory``), and their links where it keeps links, in a quarter of the time; tests hold them to openpyxl and
    LibreOffice.
    """

    def put(self, rows: Sequence[tuple[Any, ...]], columns: Sequence[str], widths: Sequence[int], forms: dict[str, Any]) -> None:
        """Rows below the first, which holds the headings. What proves an assignment stays on one line: it has a sheet of its own."""
        if not rows:
            return
        self._write_single_row(len(rows))  # the headings
        numbers = {name: form._get_xf_index() for name, form in forms.items()}
        plain, dated = numbers["text"], numbers["day"]
        lined = columns.index("källor") if "källor" in columns else None
        linked = columns.index("länk") if "länk" in columns else None
        strings = [numbers["line"] if n == lined else numbers["link"] if n == linked else plain for n in range(len(columns))]
        wrapped = [n for n in range(len(columns)) if n not in (lined, linked)]
        names = [xl_col_to_name(n) for n in range(len(columns))]
        for number, values in enumerate(rows, 2):
            height = _height([(values[n], widths[n]) for n in wrapped])
            parts = [f'<row r="{number}" s="{plain}" customFormat="1" ht="{height:g}" customHeight="1">']
            for n, value in enumerate(values):
                if value is None:
                    continue
                if isinstance(value, str):
                    if n == linked and number <= _LINKS:
                        self.hyperlinks[number - 1][n] = Url(value)
                        value = "öppna sidan"
                    shown = value if len(value) <= _LONGEST else value[:_LONGEST]
                    if "&" in shown or "<" in shown or ">" in shown:
                        shown = escape(shown)
                    if not shown.isprintable():
                        shown = _NOT_XML.sub("", shown)
                    parts.append(
                        f'<c r="{names[n]}{number}" s="{strings[n]}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
                    )
                elif isinstance(value, int):
                    parts.append(f'<c r="{names[n]}{number}" s="{plain}"><v>{value}</v></c>')
                else:
                    parts.append(f'<c r="{names[n]}{number}" s="{dated}"><v>{(value - _EPOCH).days}</v></c>')
            self.fh.write("".join([*parts, "</row>"]))
        self.dim_rowmax, self.dim_colmax = len(rows), len(columns) - 1


def _height(wrapped: Sequence[tuple[object, int]]) -> float:
    """Points, for the longest text of a row wrapped at the width of its column. Not every program makes rows as tall as their text."""
    lines = 1
    for value, width in wrapped:
        if isinstance(value, str) and (len(value) > width or "\n" in value):
            lines = max(lines, sum(len(part) // (width - 3) + 1 for part in value.split("\n")))
    return min(_LINE * lines, _TALLEST)


def _about(book: Any, forms: dict[str, Any], listed: Annex) -> None:
    sheet = book.add_worksheet("Om listan")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 80)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, listed.title, forms["title"])
    lines = [("Organ", listed.body), ("Organisation", listed.organisation or ""), ("Läget per", listed.day)]
    lines += [(heading, count) for heading, count in listed.counts()]
    lines.append(
        ("Källor", "Varje händelse står på bladet Källor, med dokument och sida. Det som inte har hittats står i kolumnen Saknas.")
    )
    for at, (label, value) in enumerate(lines, 2):
        sheet.set_row(at, _height([(value, 80)]))
        sheet.write_string(at, 0, label, forms["text"])
        if isinstance(value, date):
            sheet.write_datetime(at, 1, value, forms["day"])
        elif isinstance(value, int):
            sheet.write_number(at, 1, value, forms["text"])
        else:
            sheet.write_string(at, 1, value, forms["text"])


def _plain(text: str) -> str:
    """Text in a page head, where & begins a code and 255 characters are all there is."""
    return text.replace("&", "&&")[:110]
