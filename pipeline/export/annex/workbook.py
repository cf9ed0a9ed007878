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
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top", "bottom": 4, "bottom_color": "#9AA5A9"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
    }
    _sheet(book, forms, listed, "Uppdrag", COLUMNS, _WIDTHS, [row(listed, entry) for entry in listed.entries])
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
        )
        for entry in listed.entries
        for source in entry.followed.sources
    ]
    _sheet(book, forms, listed, "Källor", _SOURCES, _SOURCE_WIDTHS, sources)
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
    if any(columns[n] == "länk" and values[n] is not None for values in rows[:1] for n in range(len(columns))):
        _linked_rows(sheet, forms, columns, widths, rows)
    else:
        sheet.put(rows, widths, forms["text"], forms["day"])


class _Rows(Worksheet):  # type: ignore[misc]  # it carries no types
    """A sheet that takes whole rows.

    NOTE: XlsxWriter's way is a call a cell, 7 µs; a list of 8,500 assignments has 300,000 cells. These rows go into the same file it
    keeps rows in (``constant_memory``), in a quarter of the time; tests hold them to openpyxl and LibreOffice.
    """

    def put(self, rows: Sequence[tuple[Any, ...]], widths: tuple[int, ...], text: Any, day: Any) -> None:
        """Rows below the first, which holds the headings."""
        if not rows:
            return
        self._write_single_row(len(rows))  # the headings
        plain, dated = text._get_xf_index(), day._get_xf_index()
        names = [xl_col_to_name(n) for n in range(len(widths))]
        for number, values in enumerate(rows, 2):
            parts = [f'<row r="{number}" s="{plain}" customFormat="1" ht="{_height(values, widths):g}" customHeight="1">']
            for name, value in zip(names, values, strict=True):
                if value is None:
                    continue
                if isinstance(value, str):
                    shown = _NOT_XML.sub("", escape(value[:_LONGEST]))
                    parts.append(f'<c r="{name}{number}" s="{plain}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>')
                elif isinstance(value, int):
                    parts.append(f'<c r="{name}{number}" s="{plain}"><v>{value}</v></c>')
                else:
                    parts.append(f'<c r="{name}{number}" s="{dated}"><v>{(value - _EPOCH).days}</v></c>')
            self.fh.write("".join([*parts, "</row>"]))
        self.dim_rowmax, self.dim_colmax = len(rows), len(widths) - 1


def _linked_rows(
    sheet: Any, forms: dict[str, Any], columns: tuple[str, ...], widths: tuple[int, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Rows with addresses, which XlsxWriter keeps account of cell by cell."""
    text, day = forms["text"], forms["day"]
    for at, values in enumerate(rows, 1):
        # Not every program makes rows as tall as their text when it opens a workbook.
        sheet.set_row(at, _height(values, widths), text)
        for n, value in enumerate(values):
            if value is None:
                continue
            if isinstance(value, date):
                sheet.write_number(at, n, (value - _EPOCH).days, day)
            elif isinstance(value, int):
                sheet.write_number(at, n, value, text)
            elif columns[n] == "länk" and at <= _LINKS:
                sheet.write_url(at, n, value, None, "öppna sidan")
            else:
                sheet.write_string(at, n, value[:_LONGEST], text)


def _height(values: tuple[object, ...], widths: tuple[int, ...]) -> float:
    """Points, for the longest text of a row wrapped at the width of its column."""
    lines = 1
    for value, width in zip(values, widths, strict=True):
        if isinstance(value, str) and (len(value) > width or "\n" in value):
            lines = max(lines, sum(len(part) // (width - 3) + 1 for part in value.split("\n")))
    return min(_LINE * lines, _TALLEST)


def _about(book: Any, forms: dict[str, Any], listed: Annex) -> None:
    sheet = book.add_worksheet("Om listan")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, listed.title, forms["title"])
    lines = [("Organ", listed.body), ("Organisation", listed.organisation or ""), ("Läget per", listed.day)]
    lines += [(heading, count) for heading, count in listed.counts()]
    lines.append(("Källor", "Varje händelse står på bladet Källor, med dokument och sida. Det som inte har hittats står under Saknas."))
    for at, (label, value) in enumerate(lines, 2):
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
