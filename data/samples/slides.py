"""Draws a source as slides (a flat OpenDocument presentation) for LibreOffice Impress to print as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from markup import Block, Source, unmark

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.presentation">
<office:automatic-styles>
 <style:page-layout style:name="wide"><style:page-layout-properties fo:page-width="25.4cm" fo:page-height="14.29cm"
  fo:margin="0cm"/></style:page-layout>
 <style:style style:name="bar" style:family="graphic"><style:graphic-properties draw:fill="solid" draw:fill-color="#2f5d50"
  draw:stroke="none"/></style:style>
 <style:style style:name="box" style:family="graphic"><style:graphic-properties draw:fill="none" draw:stroke="none"
  fo:padding="0cm" draw:auto-grow-height="false"/></style:style>
 <style:style style:name="title" style:family="paragraph"><style:text-properties style:font-name="Carlito" fo:font-family="Carlito"
  fo:font-size="28pt" fo:font-weight="bold" fo:color="#2f5d50"/></style:style>
 <style:style style:name="body" style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.2cm"/><style:text-properties
  fo:font-family="Carlito" fo:font-size="17pt"/></style:style>
 <style:style style:name="small" style:family="paragraph"><style:text-properties fo:font-family="Carlito" fo:font-size="10pt"
  fo:color="#555555"/></style:style>
 <style:style style:name="strong" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
 <style:style style:name="i0" style:family="paragraph"><style:paragraph-properties fo:margin-left="0.8cm" fo:text-indent="-0.8cm"
  fo:margin-bottom="0.18cm"><style:tab-stops><style:tab-stop style:position="0cm"/></style:tab-stops></style:paragraph-properties>
  <style:text-properties fo:font-family="Carlito" fo:font-size="17pt"/></style:style>
 <style:style style:name="i1" style:family="paragraph"><style:paragraph-properties fo:margin-left="1.8cm" fo:text-indent="-0.7cm"
  fo:margin-bottom="0.12cm"><style:tab-stops><style:tab-stop style:position="0cm"/></style:tab-stops></style:paragraph-properties>
  <style:text-properties fo:font-family="Carlito" fo:font-size="15pt"/></style:style>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="m" style:page-layout-name="wide"/></office:master-styles>
<office:body><office:presentation>
"""


def _runs(text: str) -> str:
    parts = [escape(part) for part in text.split("**")]
    return "".join(f'<text:span text:style-name="strong">{part}</text:span>' if n % 2 else part for n, part in enumerate(parts))


def _box(x: float, y: float, width: float, height: float, inner: str, style: str = "box") -> str:
    where = f'svg:x="{x}cm" svg:y="{y}cm" svg:width="{width}cm" svg:height="{height}cm"'
    return f'<draw:frame draw:style-name="{style}" {where}><draw:text-box>{inner}</draw:text-box></draw:frame>'


def _line(one: Block) -> str:
    if one.kind == "item":
        return f'<text:p text:style-name="i{min(one.level, 1)}">{escape(one.marker)}<text:tab/>{_runs(one.text)}</text:p>'
    return f'<text:p text:style-name="body">{_runs(one.text)}</text:p>'


def draw(source: Source, out: Path) -> None:
    """Draws the slides; the foot and the number stand on each."""
    style: dict[str, Any] = dict(source.head.get("style", {}))  # type: ignore[call-overload]
    slides: list[tuple[Block, list[Block]]] = []
    for one in source.blocks:
        if one.kind == "slide":
            slides.append((one, []))
        else:
            slides[-1][1].append(one)
    parts = [_HEAD]
    for number, (title, body) in enumerate(slides, start=1):
        foot = unmark(style.get("foot", ""))[0]
        parts.append(f'<draw:page draw:name="s{number}" draw:master-page-name="m">')
        parts.append('<draw:rect draw:style-name="bar" svg:x="0cm" svg:y="0cm" svg:width="0.5cm" svg:height="14.29cm"/>')
        parts.append(_box(1.4, 0.9, 22.5, 1.9, f'<text:p text:style-name="title">{_runs(title.text)}</text:p>'))
        parts.append(_box(1.4, 3.1, 22.5, 9.6, "".join(_line(one) for one in body)))
        parts.append(_box(1.4, 13.3, 18, 0.7, f'<text:p text:style-name="small">{escape(foot)}</text:p>'))
        parts.append(_box(23.2, 13.3, 1.5, 0.7, f'<text:p text:style-name="small">{number}</text:p>'))
        parts.append("</draw:page>")
    parts.append("</office:presentation></office:body></office:document>")
    out.write_text("".join(parts), "utf-8")
