"""Draws a source with a report library (reportlab), as records systems print minutes, lists and extracts."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from markup import Block, Source, unmark
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageBreak, PageTemplate, Paragraph, Spacer, Table
from syllables import soft_hyphens

CM = 72 / 2.54
_FOLDERS = {
    "Carlito": "/usr/share/fonts/truetype/crosextra",
    "Caladea": "/usr/share/fonts/truetype/crosextra",
    "LiberationSans": "/usr/share/fonts/truetype/liberation",
    "LiberationSerif": "/usr/share/fonts/truetype/liberation",
    "LiberationSansNarrow": "/usr/share/fonts/truetype/liberation",
}


def register(family: str) -> None:
    """Makes a font family known, with its bold."""
    for style in ("Regular", "Bold"):
        path = Path(_FOLDERS[family]) / f"{family}-{style}.ttf"
        if not path.is_file():
            packages = "fonts-liberation fonts-crosextra-carlito fonts-crosextra-caladea"
            raise FileNotFoundError(f"The samples are set in {family} and {path} is not there: apt-get install {packages}")
        pdfmetrics.registerFont(TTFont(f"{family}-{style}", str(path)))
    pdfmetrics.registerFontFamily(
        family, normal=f"{family}-Regular", bold=f"{family}-Bold", italic=f"{family}-Regular", boldItalic=f"{family}-Bold"
    )


class _Numbered(Canvas):
    """A canvas that knows the number of pages when it draws the heads."""

    head: Any = None
    first_font = ""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{**more, "initialFontName": type(self).first_font})  # else Helvetica is named, and not embedded
        self.kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, state in enumerate(self.kept, start=1):
            self.__dict__.update(state)
            type(self).head(self, number, len(self.kept))
            Canvas.showPage(self)
        Canvas.save(self)


class Sheet:
    """One document under way. ``style`` is the head's ``[style]``."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.style: dict[str, Any] = dict(source.head.get("style", {}))  # type: ignore[call-overload]
        self.printed: dict[str, Any] = dict(source.head.get("print", {}))  # type: ignore[call-overload]
        self.family = self.style.get("font", "LiberationSans")
        self.heading_family = self.style.get("heading_font", self.family)
        register(self.family)
        register(self.heading_family)
        self.size = float(self.style.get("size", 10.5))
        self.hyphens = bool(self.style.get("hyphenate"))
        self.paper = landscape(A4) if self.style.get("landscape") else A4
        self.left, self.right = float(self.style.get("left", 3)) * CM, float(self.style.get("right", 2.5)) * CM
        self.top, self.bottom = float(self.style.get("top", 3.4)) * CM, float(self.style.get("bottom", 2.8)) * CM
        self.width = self.paper[0] - self.left - self.right
        self.flow: list[Flowable] = []

    def form(self, bold: bool = False, size: float | None = None, **more: Any) -> ParagraphStyle:
        """A paragraph style of this document."""
        size = size or self.size
        family = self.heading_family if bold else self.family
        return ParagraphStyle(
            "x",
            fontName=f"{family}-{'Bold' if bold else 'Regular'}",
            fontSize=size,
            leading=size * float(self.style.get("leading", 1.3)),
            spaceAfter=more.pop("after", float(self.style.get("after", 6))),
            spaceBefore=more.pop("before", 0),
            alignment=more.pop("alignment", TA_JUSTIFY if self.style.get("justify") and not bold else 0),
            embeddedHyphenation=1 if self.hyphens else 0,
            splitLongWords=0,
            allowWidows=1 if self.style.get("widows") else 0,
            allowOrphans=1 if self.style.get("widows") else 0,
            **more,
        )

    def html(self, text: str) -> str:
        """Reportlab's markup of a text."""
        if self.hyphens:
            text = soft_hyphens(text)
        parts = [escape(part).replace("\n", "<br/>") for part in text.split("**")]
        return "".join(f"<b>{part}</b>" if number % 2 else part for number, part in enumerate(parts))

    def put(self, text: str, style: ParagraphStyle | None = None, bullet: str | None = None) -> None:
        """A paragraph into the flow."""
        self.flow.append(Paragraph(self.html(text), style or self.form(), bulletText=bullet))

    def heading(self, text: str, size: float, before: float = 10, after: float = 3) -> None:
        """A bold line that stays with what follows (by the room left, so that a table may still be cut by the page)."""
        self.flow.append(CondPageBreak(2.2 * CM))
        self.put(text, self.form(bold=True, size=size, before=before, after=after))

    def columns(self, rows: list[list[str]], widths: list[float], size: float | None = None, rules: bool = False) -> Table:
        """A table of paragraphs."""
        cell = self.form(size=size, after=0, alignment=0)
        table = Table([[Paragraph(self.html(text), cell) for text in row] for row in rows], colWidths=widths, hAlign="LEFT")
        table.setStyle([("FONTNAME", (0, 0), (-1, -1), f"{self.family}-Regular"), ("VALIGN", (0, 0), (-1, -1), "TOP")])
        table.setStyle([("LEFTPADDING", (0, 0), (0, -1), 4 if rules else 0)])
        if rules:
            table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
        self.flow.append(table)
        return table

    def front(self) -> None:
        """The front page of minutes."""
        rows = self.printed.get("front")
        if not rows:
            return
        for label, value in rows:
            value = unmark(value)[0]
            if label == "ANSLAG/BEVIS":
                self.flow.append(Spacer(1, 12))
                self.columns([[f"**{label}**\n{value}"]], [self.width], size=self.size - 1, rules=True)
            else:
                self.columns([[label, value]], [4 * CM, self.width - 4 * CM])
                self.flow.append(Spacer(1, 4))
        self.flow.append(PageBreak())

    def letterhead(self) -> None:
        """Two columns at the top of a letter, side by side, as the templates print them."""
        if "sender" not in self.printed:
            return
        left = "\n".join(unmark(line)[0] for line in self.printed["sender"])
        right = "\n".join(unmark(line)[0] for line in self.printed["labels"] + ["", *self.printed.get("to", [])])
        self.columns([[left, right]], [self.width * 0.55, self.width * 0.45], size=self.size - 0.5)
        self.flow.append(Spacer(1, 22))

    def paragraph(self, one: Block) -> None:
        """The heading of a §."""
        form = self.style.get("paragraph", "number_first")
        if form == "number_first":
            gap = "\u00a0" * int(self.style.get("number_gap", 8)) if one.diary else ""
            self.heading(f"{one.number}{gap}{self.style.get('diary_label', '')}{one.diary}", self.size + 0.5, before=16, after=2)
            self.heading(one.text, self.size + 2.5, before=0, after=4)
        elif form == "inline":
            self.heading(f"{one.number} {one.text}", self.size + 2, before=16, after=1)
            if one.diary:
                self.put(one.diary)
        else:
            self.heading(one.text, self.size + 2, before=16, after=0)
            self.heading(f"{one.number}, {one.diary}".rstrip(", "), self.size, before=0, after=6)

    def table(self, one: Block) -> None:
        """A ruled table with its head repeated."""
        share = [float(part) for part in one.options.get("widths", ",".join("1" for _ in one.rows[0])).split(",")]
        widths = [self.width * part / sum(share) for part in share]
        size = float(one.options.get("size", self.size - 1))
        body, bold = self.form(size=size, after=0, alignment=0), self.form(bold=True, size=size, after=0, alignment=0)
        number = self.form(size=size, after=0, alignment=TA_RIGHT)
        rows = []
        for count, row in enumerate(one.rows):
            rows.append(
                [
                    Paragraph(self.html(cell.text), bold if count == 0 else number if one.options.get("right") and column else body)
                    for column, cell in enumerate(row)
                ]
            )
        table = Table(rows, colWidths=widths, repeatRows=1, hAlign="LEFT", splitInRow=1 if self.style.get("split_rows") else 0)
        table.setStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("FONTNAME", (0, 0), (-1, -1), f"{self.family}-Regular"),
                ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.9, 0.9, 0.9)),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
        self.flow += [table, Spacer(1, 8)]

    def item(self, one: Block) -> None:
        """A list item."""
        indent = (0.7 + 0.7 * one.level) * CM
        style = self.form(
            leftIndent=indent, bulletIndent=indent - 0.7 * CM, bulletFontName=f"{self.family}-Regular", bulletFontSize=self.size, after=4
        )
        self.put(one.text, style, bullet=one.marker)

    def frame(self, canvas: Canvas, number: int, count: int) -> None:
        """Head and foot of a page."""
        canvas.setFont(f"{self.family}-Regular", 9)
        height = self.paper[1]
        head = [unmark(part)[0] for part in self.style.get("head", [])]
        page = self.style.get("pages", "%p (%n)").replace("%p", str(number)).replace("%n", str(count))
        edge = self.paper[0] - self.right
        if self.style.get("page_place", "head") == "head":
            canvas.drawRightString(edge, height - 1.5 * CM, page)
        else:
            canvas.drawRightString(edge, 1.2 * CM, page)
        for column, text in enumerate(head):
            for row, line in enumerate(text.split("\n")):
                canvas.drawString(self.left + column * self.width / 2.6, height - (1.5 + 0.45 * row) * CM, line)
        if self.style.get("head_rule"):
            canvas.line(self.left, height - 2.75 * CM, edge, height - 2.75 * CM)
        strip = self.style.get("strip")
        if strip:
            if number == 1 and self.style.get("first_page_strip"):
                strip = [self.style["first_page_strip"]]
            part = self.width / len(strip)
            for column, text in enumerate(strip):
                canvas.rect(self.left + column * part, 1.0 * CM, part, 1.1 * CM)
                canvas.setFont(f"{self.family}-Regular", 7.5)
                canvas.drawString(self.left + column * part + 3, 1.8 * CM, text)
        for row, line in enumerate(self.style.get("foot", "").split("\n")):
            canvas.setFont(f"{self.family}-Regular", 7.5)
            canvas.drawString(self.left, (1.2 - 0.35 * row) * CM, line)

    def draw(self, out: Path) -> None:
        """Draws every block and saves."""
        self.front()
        self.letterhead()
        for one in self.source.blocks:
            match one.kind:
                case "text":
                    self.put(one.text)
                case "item":
                    self.item(one)
                case "heading":
                    self.heading(one.text, self.size + {1: 6, 2: 1, 3: 0}[one.level])
                case "paragraph":
                    self.paragraph(one)
                case "name":
                    self.put(one.text, self.form(after=0))
                case "table":
                    self.table(one)
                case "votes":
                    count = len(one.rows[0])
                    widths = [6.2 * CM, *([1.9 * CM] * (count - 1))]
                    self.columns([[cell.text for cell in row] for row in one.rows], widths, size=self.size - 1)
                case "sign":
                    self.flow.append(CondPageBreak(3.5 * CM))
                    self.flow.append(Spacer(1, 26))
                    self.columns([["\n".join(cell.text for cell in row) for row in one.rows]], [self.width / len(one.rows)] * len(one.rows))
                case "newpage":
                    self.flow.append(PageBreak())
                case "gap":
                    self.flow.append(Spacer(1, self.size * 1.3))
                case _:
                    raise ValueError(f"{self.source.path.name}: a report has no {one.kind}")
        canvas = type("_Page", (_Numbered,), {"head": staticmethod(self.frame), "first_font": f"{self.family}-Regular"})
        doc = BaseDocTemplate(
            str(out),
            pagesize=self.paper,
            title=str(self.source.head.get("title")),
            author=str(self.source.head.get("author", "Region Ljusmark")),
            invariant=1,
        )
        body = Frame(self.left, self.bottom, self.width, self.paper[1] - self.top - self.bottom, 0, 0, 0, 0)
        doc.addPageTemplates(PageTemplate("page", [body]))
        doc.build(self.flow, canvasmaker=canvas)
