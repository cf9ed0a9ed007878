"""Draws a source as a Word document, as an office's templates would, for LibreOffice to print as PDF."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from markup import Block, Source, unmark
from syllables import soft_hyphens


def _field(run: Any, code: str) -> None:
    for kind, text in (("begin", None), (None, code), ("end", None)):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = text
        run._r.append(element)


def _borders(cell: Any, **edges: int) -> None:
    properties = cell._tc.get_or_add_tcPr()
    borders = OxmlElement("w:tcBorders")
    for edge in ("top", "left", "bottom", "right"):
        if edge in edges:
            element = OxmlElement(f"w:{edge}")
            element.set(qn("w:val"), "single")
            element.set(qn("w:sz"), str(edges[edge]))
            element.set(qn("w:color"), "000000")
            borders.append(element)
    properties.append(borders)


class Page:
    """One document under way. ``style`` is the head's ``[style]``: font, size, the form of the § heading, of head and foot."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.style: dict[str, Any] = dict(source.head.get("style", {}))  # type: ignore[call-overload]
        self.printed: dict[str, Any] = dict(source.head.get("print", {}))  # type: ignore[call-overload]
        self.doc = Document()
        self.size = float(self.style.get("size", 11))
        self.hyphens = bool(self.style.get("hyphenate"))
        normal = self.doc.styles["Normal"]
        normal.font.name = self.style.get("font", "Liberation Serif")
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), normal.font.name)
        normal.font.size = Pt(self.size)
        normal.paragraph_format.space_after = Pt(float(self.style.get("after", 6)))
        normal.paragraph_format.line_spacing = float(self.style.get("leading", 1.08))
        normal.paragraph_format.widow_control = not self.style.get("widows", False)
        section = self.doc.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        if self.style.get("landscape"):
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Cm(29.7), Cm(21)
        section.left_margin, section.right_margin = Cm(float(self.style.get("left", 3))), Cm(float(self.style.get("right", 2.6)))
        section.top_margin, section.bottom_margin = Cm(float(self.style.get("top", 3.6))), Cm(float(self.style.get("bottom", 2.8)))
        section.header_distance, section.footer_distance = Cm(1.1), Cm(0.9)
        self.width = (section.page_width - section.left_margin - section.right_margin) / 360000
        self.heading_font = self.style.get("heading_font", normal.font.name)

    def runs(self, paragraph: Any, text: str, bold: bool = False, size: float | None = None, font: str | None = None) -> Any:
        """Appends text to a paragraph; ``**`` turns bold on and off, a line feed breaks the line."""
        if self.hyphens and not bold:
            text = soft_hyphens(text)
        for number, part in enumerate(text.split("**")):
            for line_number, line in enumerate(part.split("\n")):
                run = paragraph.add_run(line)
                if line_number:
                    run._r.insert(0, OxmlElement("w:br"))
                run.bold = bold or number % 2 == 1
                if size:
                    run.font.size = Pt(size)
                if font:
                    run.font.name = font
        return paragraph

    def text(self, text: str, **more: Any) -> Any:
        """A paragraph of running text."""
        paragraph = self.doc.add_paragraph()
        if self.hyphens or self.style.get("justify"):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        return self.runs(paragraph, text, **more)

    def heading(self, text: str, size: float, before: float = 10, after: float = 3) -> None:
        """A bold line that stays with what follows."""
        paragraph = self.doc.add_paragraph()
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
        paragraph.paragraph_format.keep_with_next = True
        self.runs(paragraph, text, bold=True, size=size, font=self.heading_font)

    def grid(self, where: Any, rows: list[list[str]], widths: list[float], size: float | None = None, bold_first: bool = False) -> Any:
        """A table without rules, cells by their own paragraphs."""
        table = where.add_table(rows=0, cols=len(widths), **({"width": Cm(sum(widths))} if where is not self.doc else {}))
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)  # LibreOffice goes by the grid, Word by the cells
        for row in rows:
            cells = table.add_row().cells
            for column, (cell, text, width) in enumerate(zip(cells, row, widths, strict=True)):
                cell.width = Cm(width)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(0)
                self.runs(paragraph, text, size=size, bold=bold_first and column == 0)
        return table

    def pages(self, paragraph: Any, form: str, size: float) -> None:
        """The page number in the printed form: ``1 (3)``, ``Sida 1 (3)``, ``1(3)``."""
        for part in re.split(r"(%p|%n)", form):
            run = paragraph.add_run("" if part.startswith("%") else part)
            run.font.size = Pt(size)
            if part.startswith("%"):
                _field(run, "PAGE" if part == "%p" else "NUMPAGES")

    def frame(self) -> None:
        """Head and foot of every page."""
        section = self.doc.sections[0]
        section.different_first_page_header_footer = bool(self.style.get("first_page_strip"))
        head = [unmark(part)[0] for part in self.style.get("head", [])]
        form = self.style.get("pages", "%p (%n)")
        for header in (section.header, section.first_page_header) if self.style.get("first_page_strip") else (section.header,):
            table = self.grid(header, [["", "", ""]], [self.width * 0.34, self.width * 0.43, self.width * 0.23])
            left, middle, right = table.rows[0].cells
            for cell, text in ((left, head[0] if head else ""), (middle, head[1] if len(head) > 1 else "")):
                self.runs(cell.paragraphs[0], text, size=9.5)
            self.pages(right.paragraphs[0], form, 9.5)
            right.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if len(head) > 2:
                extra = right.add_paragraph()
                extra.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                self.runs(extra, head[2], size=9.5)
            if self.style.get("head_rule"):
                for cell in table.rows[0].cells:
                    _borders(cell, bottom=6)
            header._element.remove(header.paragraphs[0]._p)
            header.add_paragraph().paragraph_format.space_after = Pt(0)
        strip = self.style.get("strip")
        if strip:
            self._strip(section.footer, strip)
            if self.style.get("first_page_strip"):
                self._strip(section.first_page_footer, [self.style["first_page_strip"]])
        elif self.style.get("foot"):
            self.runs(section.footer.paragraphs[0], self.style["foot"], size=8)

    def _strip(self, footer: Any, words: list[str]) -> None:
        widths = [self.width / len(words)] * len(words)
        table = self.grid(footer, [list(words)], widths, size=8)
        for cell in table.rows[0].cells:
            _borders(cell, top=4, left=4, right=4, bottom=4)
            cell.add_paragraph().paragraph_format.space_after = Pt(2)
        footer._element.remove(footer.paragraphs[0]._p)
        footer.add_paragraph().paragraph_format.space_after = Pt(0)

    def front(self) -> None:
        """The front page of minutes: labels at the left, what they say at the right."""
        rows = self.printed.get("front")
        if not rows:
            return
        for label, value in rows:
            value = unmark(value)[0]
            if label == "ANSLAG/BEVIS":
                paragraph = self.doc.add_paragraph()
                paragraph.paragraph_format.space_before = Pt(12)
                table = self.grid(self.doc, [[f"**{label}**\n{value}"]], [self.width], size=self.size - 1)
                _borders(table.rows[0].cells[0], top=6, left=6, right=6, bottom=6)
                continue
            table = self.grid(self.doc, [[label, value]], [4.0, self.width - 4.0])
            self.doc.add_paragraph().paragraph_format.space_after = Pt(0)
        self.doc.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def letterhead(self) -> None:
        """The top of a letter: who writes at the left, date and diary number at the right, then who it is for."""
        if "sender" not in self.printed:
            return
        left = "\n".join(unmark(line)[0] for line in self.printed["sender"])
        right = "\n".join(unmark(line)[0] for line in self.printed["labels"])
        self.grid(self.doc, [[left, right]], [self.width * 0.58, self.width * 0.42], size=self.size - 1)
        to = "\n".join(unmark(line)[0] for line in self.printed.get("to", []))
        paragraph = self.doc.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(14)
        paragraph.paragraph_format.space_after = Pt(14)
        paragraph.paragraph_format.left_indent = Cm(self.width * 0.58)
        self.runs(paragraph, to)

    def paragraph(self, one: Block) -> None:
        """The heading of a §."""
        form = self.style.get("paragraph", "number_first")
        size = self.size + 2
        if form == "number_first":
            self.heading(f"{one.number}\t{one.diary}".rstrip(), self.size, before=16, after=2)
            self.heading(one.text, size, before=0, after=4)
        elif form == "inline":
            self.heading(f"{one.number} {one.text}", size, before=16, after=0)
            if one.diary:
                self.text(one.diary)
        else:
            self.heading(one.text, size, before=16, after=0)
            self.heading(f"{one.number}, {one.diary}".rstrip(", "), self.size, before=0, after=6)

    def item(self, one: Block) -> None:
        """A list item with a hanging indent."""
        paragraph = self.doc.add_paragraph()
        indent = 0.75 + 0.75 * one.level
        paragraph.paragraph_format.left_indent = Cm(indent)
        paragraph.paragraph_format.first_line_indent = Cm(-0.75)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(indent))
        paragraph.paragraph_format.space_after = Pt(3)
        self.runs(paragraph, f"{one.marker}\t{one.text}")

    def table(self, one: Block) -> None:
        """A ruled table; the first row is its head, repeated on the next page."""
        share = [float(part) for part in one.options.get("widths", ",".join("1" for _ in one.rows[0])).split(",")]
        widths = [self.width * part / sum(share) for part in share]
        size = float(one.options.get("size", self.size - 1.5))
        table = self.grid(self.doc, [[cell.text for cell in row] for row in one.rows], widths, size=size)
        for number, row in enumerate(table.rows):
            for column, cell in enumerate(row.cells):
                _borders(cell, top=4, left=4, right=4, bottom=4)
                for run in cell.paragraphs[0].runs:
                    run.bold = run.bold or number == 0
                if one.options.get("right") and column > 0:
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if number == 0:
                mark = OxmlElement("w:tblHeader")
                mark.set(qn("w:val"), "true")
                row._tr.get_or_add_trPr().append(mark)
        self.doc.add_paragraph().paragraph_format.space_after = Pt(4)

    def draw(self, out: Path) -> None:
        """Draws every block and saves."""
        self.frame()
        self.front()
        self.letterhead()
        for one in self.source.blocks:
            match one.kind:
                case "text":
                    self.text(one.text)
                case "item":
                    self.item(one)
                case "heading":
                    self.heading(one.text, self.size + {1: 6, 2: 1, 3: 0}[one.level], before={1: 4, 2: 10, 3: 6}[one.level])
                case "paragraph":
                    self.paragraph(one)
                case "name":
                    self.text(one.text).paragraph_format.space_after = Pt(0)
                case "table":
                    self.table(one)
                case "votes":
                    count = len(one.rows[0])
                    self.grid(
                        self.doc,
                        [[cell.text for cell in row] for row in one.rows],
                        [6.0, *([1.9] * (count - 1))],
                        size=self.size - 1,
                    )
                    self.doc.add_paragraph().paragraph_format.space_after = Pt(0)
                case "sign":
                    paragraph = self.doc.add_paragraph()
                    paragraph.paragraph_format.space_before = Pt(18)
                    rows = [["\n".join(cell.text for cell in row) for row in one.rows]]
                    self.grid(self.doc, rows, [self.width / len(one.rows)] * len(one.rows))
                case "newpage":
                    self.doc.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
                case "gap":
                    self.doc.add_paragraph()
                case _:
                    raise ValueError(f"{self.source.path.name}: a Word document has no {one.kind}")
        self.doc.core_properties.title = str(self.source.head.get("title"))
        self.doc.core_properties.author = str(self.source.head.get("author", "Region Ljusmark"))
        self.doc.save(str(out))
