"""Prints documents as an office does: a Word file each, which LibreOffice turns into PDF."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from tests.extractors.annotated import Annotated
from tests.extractors.typeset import ADDRESSES, BULLETS, Block, Look, blocks_of, fields_of, groups_of, soft_hyphens

_AT_A_TIME = 20


def _field(run: Any, code: str) -> None:
    for kind, text in (("begin", None), (None, code), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.set(qn("xml:space"), "preserve")
            element.text = text
        run._r.append(element)


def _borders(table: Any) -> None:
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        element = OxmlElement(f"w:{edge}")
        element.set(qn("w:val"), "single")
        element.set(qn("w:sz"), "4")
        element.set(qn("w:color"), "000000")
        borders.append(element)
    properties.append(borders)


class _Office:
    """One document under way."""

    def __init__(self, document: Annotated, look: Look) -> None:
        self.document, self.look = document, look
        self.doc = Document()
        normal = self.doc.styles["Normal"]
        normal.font.name = look.font
        normal.element.rPr.rFonts.set(qn("w:eastAsia"), look.font)
        normal.font.size = Pt(look.size)
        normal.paragraph_format.space_after = Pt(look.after)
        normal.paragraph_format.space_before = Pt(0)
        normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.MULTIPLE
        normal.paragraph_format.line_spacing = look.leading
        normal.paragraph_format.widow_control = False
        section = self.doc.sections[0]
        left, right, top, bottom = look.margins
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = Mm(left), Mm(right), Mm(top), Mm(bottom)
        section.header_distance, section.footer_distance = Mm(11), Mm(9)
        self.width = 210 - left - right

    # ------------------------------------------------------------------------------------------------------------ text

    def runs(self, paragraph: Any, text: str, *, size: float | None = None, bold: bool = False) -> Any:
        """Adds text; "%p" is the page's number."""
        for number, part in enumerate(text.split("%p")):
            if number:
                _field(self._styled(paragraph.add_run(), size, bold), "PAGE")
            if part:
                self._styled(paragraph.add_run(part), size, bold)
        return paragraph

    def _styled(self, run: Any, size: float | None, bold: bool) -> Any:
        run.bold = bold
        if size:
            run.font.size = Pt(size)
        return run

    def _shown(self, text: str) -> str:
        return soft_hyphens(text) if self.look.hyphenate else text

    def heading(self, where: Any, text: str, *, title: bool, paragraph: Any = None) -> None:
        look = self.look
        paragraph = paragraph if paragraph is not None else where.add_paragraph()
        run = paragraph.add_run(text.upper() if look.caps else text)
        run.bold, run.underline, run.italic = look.heading == "bold", look.heading == "underline", look.heading == "italic"
        run.font.size = Pt(look.size * (look.title_size if title else look.heading_size))
        if look.spaced:
            spacing = OxmlElement("w:spacing")
            spacing.set(qn("w:val"), str(int(look.spaced * 20)))
            run._r.get_or_add_rPr().append(spacing)
        if look.colour != "#000000":
            run.font.color.rgb = RGBColor.from_string(look.colour[1:])
        if look.centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(look.after)
        paragraph.paragraph_format.keep_with_next = True

    def block(self, where: Any, block: Block) -> None:
        look = self.look
        if block.kind in ("title", "heading"):
            self.heading(where, block.text, title=block.kind == "title")
        elif block.kind == "table":
            self.table(where, block.rows)
        elif block.kind in ("text", "item"):
            paragraph = where.add_paragraph()
            form = paragraph.paragraph_format
            left = block.indent * 0.35 * look.size
            if look.justify:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            if block.kind == "item":
                hanging = 1.7 * look.size
                form.left_indent, form.first_line_indent = Pt(left + hanging), Pt(-hanging)
                form.tab_stops.add_tab_stop(Pt(left + hanging))
                self.marker(paragraph, block.marker)
                paragraph.add_run("\t")
            elif left:
                form.left_indent = Pt(left)
            paragraph.add_run(self._shown(block.text))

    def marker(self, paragraph: Any, marker: str) -> None:
        if marker not in BULLETS or not self.look.bullet:
            paragraph.add_run(marker)
        elif self.look.bullet < "\ue000":
            paragraph.add_run(self.look.bullet)
        else:
            symbol = OxmlElement("w:sym")
            symbol.set(qn("w:font"), "Symbol" if self.look.bullet == "\uf0b7" else "Wingdings")
            symbol.set(qn("w:char"), f"{ord(self.look.bullet):04X}")
            paragraph.add_run()._r.append(symbol)

    def table(self, where: Any, rows: tuple[tuple[str, ...], ...]) -> None:
        columns = max(map(len, rows))
        table = where.add_table(rows=0, cols=columns)
        _borders(table)
        for row in rows:
            cells = table.add_row().cells
            for cell, text in zip(cells, row, strict=False):
                cell.paragraphs[0].paragraph_format.space_after = Pt(1)
                cell.paragraphs[0].add_run(self._shown(text))
        where.add_paragraph().paragraph_format.space_after = Pt(0)

    # ----------------------------------------------------------------------------------------------------------- frames

    def body(self) -> None:
        blocks = blocks_of(self.document.text)
        if self.look.head == "letter":
            self.letter_fields()
        if self.look.drop:
            self.doc.add_paragraph().paragraph_format.space_after = Mm(self.look.drop)
        if self.look.frame == "flow":
            for block in blocks:
                self.block(self.doc, block)
            return
        table: Any = None
        for label, inner in groups_of(blocks):
            titled = len(inner) == 1 and inner[0].kind in ("title", "heading")
            if titled and self.look.frame == "side":
                self.block(self.doc, inner[0])
                table = None
                continue
            if table is None:
                table = self.two_columns()
            cells = table.add_row().cells
            if titled or (not label and self.look.frame == "form"):
                self.fill(cells[0].merge(cells[1]), inner)
            else:
                self.heading(cells[0], self._shown(label), title=False, paragraph=cells[0].paragraphs[0])
                self.fill(cells[1], inner)

    def two_columns(self) -> Any:
        table = self.doc.add_table(rows=0, cols=2)
        table.autofit = False
        share = self.look.label_share
        table.columns[0].width, table.columns[1].width = Mm(self.width * share), Mm(self.width * (1 - share))
        if self.look.frame == "form":
            _borders(table)
        return table

    def fill(self, cell: Any, blocks: list[Block]) -> None:
        for block in blocks:
            self.block(cell, block)
        empty = cell.paragraphs[0]
        if len(cell.paragraphs) > 1 and not empty.text:
            empty._p.getparent().remove(empty._p)
        if cell._tc[-1].tag != qn("w:p"):
            cell.add_paragraph()

    def letter_fields(self) -> None:
        paragraph = self.doc.add_paragraph("Enligt sändlista")
        paragraph.paragraph_format.left_indent = Mm(self.width * 0.6)
        table = self.doc.add_table(rows=2, cols=3)
        for row, texts in enumerate((("Handläggare", "Direkttelefon", "Vår beteckning"), ("Eva Lindh", "0123-45 67 12", "Se ovan"))):
            for cell, text in zip(table.rows[row].cells, texts, strict=True):
                self.runs(cell.paragraphs[0], text, size=8 if row == 0 else 10).paragraph_format.space_after = Pt(0)
        self.doc.add_paragraph()

    # ---------------------------------------------------------------------------------------------------- head and foot

    def head(self) -> None:
        where = self.doc.sections[0].header
        plain, labelled = fields_of(self.document.head)
        if self.look.head == "box" and self.document.head:
            table = where.add_table(1, 2 + len(labelled), Mm(self.width))
            _borders(table)
            cells = table.rows[0].cells
            for number, share in enumerate((0.3, 0.3)):
                table.columns[number].width = cells[number].width = Mm(self.width * share)
            for cell in cells[2:]:
                cell.width = Mm(self.width * 0.4 / len(labelled))
            self.runs(cells[0].paragraphs[0], plain[0] if plain else "", size=10, bold=True)
            self.stack(cells[1], plain[1:], 9)
            for cell, (label, value) in zip(cells[2:], labelled, strict=True):
                self.stack(cell, [label, value], 9)
        else:
            self.stack(where, list(self.document.head), 9)

    def stack(self, where: Any, lines: list[str], size: float) -> None:
        for number, line in enumerate(lines):
            paragraph = where.paragraphs[0] if number == 0 else where.add_paragraph()
            self.runs(paragraph, line, size=size).paragraph_format.space_after = Pt(0)
            paragraph.paragraph_format.line_spacing = 1.0

    def foot(self) -> None:
        where = self.doc.sections[0].footer
        own = [line for line in self.document.foot if "sign" not in line.lower()]
        self.stack(where, own, 9)
        if self.look.foot == "signs":
            table = where.add_table(1, 4, Mm(self.width))
            _borders(table)
            for number, text in ((0, "Justerandes sign"), (3, "Utdragsbestyrkande")):
                self.stack(table.rows[0].cells[number], [text, ""], 7)
        elif self.look.foot == "address":
            table = where.add_table(1, 4, Mm(self.width))
            for cell, lines in zip(table.rows[0].cells, ADDRESSES, strict=True):
                self.stack(cell, list(lines), 7)
        elif self.look.foot == "number":
            paragraph = where.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            self.runs(paragraph, "%p", size=10)


def by_office(jobs: list[tuple[Annotated, Look, Path]], folder: Path) -> None:
    """Prints all the documents, each to its path (a PDF in ``folder``), with one start of LibreOffice for some of them at a time."""
    words: list[Path] = []
    for document, look, path in jobs:
        office = _Office(document, look)
        office.head()
        office.body()
        office.foot()
        word = path.with_suffix(".docx")
        office.doc.save(str(word))
        words.append(word)
    for at in range(0, len(words), _AT_A_TIME):
        command = ["soffice", f"-env:UserInstallation=file://{folder.resolve()}/profile", "--headless", "--convert-to", "pdf"]
        subprocess.run(
            [*command, "--outdir", str(folder), *map(str, words[at : at + _AT_A_TIME])], check=True, capture_output=True, timeout=300
        )
    missing = [path.name for _, _, path in jobs if not path.exists()]
    if missing:
        raise FileNotFoundError(
            f"LibreOffice printed nothing for {missing}: is its Writer there (apt-get install libreoffice-writer-nogui)?"
        )
