"""Prints a document as a web page does: HTML and CSS, through Chromium or WeasyPrint."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tests.extractors.annotated import Annotated
from tests.extractors.typeset import ADDRESSES, BULLETS, Block, Look, blocks_of, fields_of, groups_of, soft_hyphens

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_SLIDE = (338.0, 190.0)
_NUMBER = '<span class="pageNumber"></span>'
_NAVIGATION = "Start &nbsp; Kommun och politik &nbsp; Bo och leva &nbsp; Omsorg &nbsp; Lediga jobb &nbsp; Kontakt"
_COOKIES = "Vi använder kakor för att webbplatsen ska fungera. Läs mer om kakor"


def _text(text: str, look: Look) -> str:
    return escape(soft_hyphens(text) if look.hyphenate else text, quote=False)


def _block(block: Block, look: Look) -> str:
    indent = f' style="margin-left:{block.indent * 0.35:.2f}em"' if block.indent else ""
    if block.kind == "gap":
        return '<div class="gap"></div>'
    if block.kind == "title":
        return f"<h1>{_text(block.text, look)}</h1>"
    if block.kind == "heading":
        return f"<h2>{_text(block.text, look)}</h2>"
    if block.kind == "table":
        rows = "".join("<tr>" + "".join(f"<td>{_text(cell, look)}</td>" for cell in row) + "</tr>" for row in block.rows)
        return f'<table class="own">{rows}</table>'
    if block.kind == "item":
        marker, font = block.marker, ""
        if marker in BULLETS and look.bullet:
            private = look.bullet >= "\ue000"  # a font of the browser's machine has private bullets of its own
            marker, font = ("\ue00c", ' style="font-family:OpenSymbol"') if private else (look.bullet, "")
        return (
            f'<div class="item"{indent}><span class="marker"{font}>{marker}</span><span class="of">{_text(block.text, look)}</span></div>'
        )
    return f"<p{indent}>{_text(block.text, look)}</p>"


def _grouped(blocks: list[Block], look: Look) -> str:
    parts: list[str] = []
    for label, inner in groups_of(blocks):
        body = "".join(_block(b, look) for b in inner)
        titled = len(inner) == 1 and inner[0].kind in ("title", "heading")
        if titled and look.frame == "form":
            parts.append(f'<tr><td colspan="2">{body}</td></tr>')
        elif titled:
            parts.append(body)
        elif look.frame == "form":
            parts.append(
                f'<tr><td class="label"><b>{_text(label, look)}</b></td><td>{body}</td></tr>'
                if label
                else f'<tr><td colspan="2">{body}</td></tr>'
            )
        else:
            parts.append(f'<section><div class="label">{_text(label, look)}</div><div class="right">{body}</div></section>')
    whole = "".join(parts)
    return f'<table class="form">{whole}</table>' if look.frame == "form" else whole


def _slides(blocks: list[Block], look: Look) -> str:
    parts: list[str] = []
    filled = 0
    for block in blocks:
        if block.kind in ("title", "heading") and filled:
            parts.append('<div class="slide"></div>')
            filled = 0
        if block.kind in ("item", "text", "table"):
            filled += 1
        parts.append(_block(block, look))
    return "".join(parts)


def _boxed_lists(blocks: list[Block], look: Look) -> str:
    """The points of the text in coloured boxes, as a plan prints what it wants seen."""
    parts: list[str] = []
    inside = False
    for block in blocks:
        if (block.kind == "item") != inside and block.kind != "gap":
            parts.append("<aside>" if block.kind == "item" else "</aside>")
            inside = not inside
        parts.append(_block(block, look))
    return "".join(parts) + ("</aside>" if inside else "")


def _style(look: Look) -> str:
    heading = {"bold": "font-weight:bold", "underline": "font-weight:normal;text-decoration:underline", "italic": "font-style:italic"}
    named = heading.get(look.heading, "font-weight:normal")
    spaced = f"letter-spacing:{look.spaced}pt;" if look.spaced else ""
    extra = ("text-align:center;" if look.centred else "") + ("text-transform:uppercase;" if look.caps else "") + spaced
    left, right, _, _ = look.margins
    share = 100 * look.label_share
    return f"""
    * {{box-sizing:border-box}}
    body {{margin:0;font-family:'{look.font}';font-size:{look.size}pt;line-height:{look.leading};hyphens:manual;
          text-align:{"justify" if look.justify else "left"};orphans:1;widows:1;
          {f"columns:{look.columns};column-gap:9mm" if look.columns > 1 else ""}}}
    .drop {{height:{look.drop:.0f}mm}}
    p, .item {{margin:0 0 {look.after}pt}}
    .gap {{height:{0 if look.after == 0 else 3}pt}}
    h1, h2 {{text-align:left;{named};{extra}color:{look.colour};margin:{look.after}pt 0 {look.after / 2}pt;break-after:avoid;
             line-height:1.2}}
    h1 {{font-size:{look.size * look.title_size:.1f}pt}} h2 {{font-size:{look.size * look.heading_size:.1f}pt}}
    .item {{display:table;width:auto}} .of {{display:table-cell}}
    .marker {{display:table-cell;width:{look.size * 1.8}pt;white-space:nowrap;padding-right:4pt}}
    section {{position:relative;margin-bottom:{look.after}pt;min-height:1.4em}}
    .label {{{named};font-size:{look.size * look.heading_size:.1f}pt}}
    section .label {{position:absolute;left:0;width:{share - 3:.0f}%;text-align:left}} .right {{margin-left:{share:.0f}%}}
    table {{border-collapse:collapse;width:100%}} table.own {{margin-bottom:{max(look.after, 4)}pt;column-span:all}}
    td {{border:0.6pt solid #444;padding:2pt 4pt;vertical-align:top;text-align:left}}
    td.label {{width:{share:.0f}%}} table.form h1 {{margin:0}} table.form table {{width:98%}}
    aside {{background:#e4eef5;border:1pt solid {look.colour};padding:6pt;margin:4pt 0 8pt}}
    .slide {{break-before:page}}
    nav {{font-size:9pt;color:#555;margin-bottom:6pt}} .cookies {{font-size:9pt;border:1px solid #999;padding:4pt;margin-bottom:10pt}}
    .address {{text-align:right;font-size:9pt}} .references {{font-size:9pt;width:100%;margin:0 0 16pt}} .references td {{border:0}}
    .pageNumber::after {{content:counter(page)}}
    #head, #foot {{font-family:'{look.font}';font-size:9pt;padding:0 {right}mm 0 {left}mm}}
    """


def _paged(line: str) -> str:
    return escape(line, quote=False).replace("%p", _NUMBER)


def head_of(document: Annotated, look: Look) -> str:
    """The page head as HTML, "" for none."""
    plain, labelled = fields_of(document.head)
    if look.head in ("none", "letter"):
        return "".join(f"<div>{_paged(line)}</div>" for line in document.head) if look.head == "letter" else ""
    if look.head == "web":
        title = next((b.text for b in blocks_of(document.text) if b.kind in ("title", "heading")), "Nyheter")
        return f'<table style="width:100%;font-size:8pt"><tr><td style="border:0">{_paged(title[:60])}</td></tr></table>'
    if look.head == "box":
        cell = 'style="border:0.6pt solid #000;padding:3pt 5pt;vertical-align:top"'
        named = "".join(f"<td {cell}><div style='font-size:7pt'>{label}</div>{_paged(value)}</td>" for label, value in labelled)
        rest = "".join(f"<div>{_paged(line)}</div>" for line in plain[1:])
        return (
            '<table style="width:100%;border-collapse:collapse;font-size:9.5pt"><tr>'
            f"<td {cell}><b>{_paged(plain[0] if plain else '')}</b></td><td {cell}>{rest}</td>{named}</tr></table>"
        )
    return "".join(f"<div>{_paged(line)}</div>" for line in document.head)


def foot_of(document: Annotated, look: Look) -> str:
    """The page foot as HTML."""
    own = "".join(f"<div>{_paged(line)}</div>" for line in document.foot if "sign" not in line.lower())
    if look.foot == "signs":
        cell = 'style="border:0.6pt solid #000;height:26pt;vertical-align:top;font-size:7pt;padding:2pt"'
        return (
            f'{own}<table style="width:100%;border-collapse:collapse"><tr><td {cell}>Justerandes sign</td><td {cell}></td><td {cell}></td>'
            f"<td {cell}>Utdragsbestyrkande</td></tr></table>"
        )
    if look.foot == "address":
        cells = "".join(f'<td style="border:0;vertical-align:top"><b>{c[0]}</b><br>{c[1]}<br>{c[2]}</td>' for c in ADDRESSES)
        return f'{own}<table style="width:100%;font-size:7pt;border-top:0.5pt solid #000"><tr>{cells}</tr></table>'
    if look.foot == "number":
        return f'<div style="text-align:right;font-size:{18 if look.style == "brochure" else 10}pt">{_NUMBER}</div>'
    if look.foot == "web":
        return f'<div style="text-align:right;font-size:8pt">{_NUMBER}/<span class="totalPages"></span></div>'
    return own


def body_of(document: Annotated, look: Look) -> str:
    """The body as HTML."""
    blocks = blocks_of(document.text)
    before = ""
    if look.head == "web":
        lines = "".join(f"<div>{escape(line.replace('%p', '').strip())}</div>" for line in document.head)
        before = f'<nav>{lines}{_NAVIGATION}</nav><div class="cookies">{_COOKIES}</div>'
    elif look.head == "none":
        before = "".join(f"<p>{escape(line.replace('%p', '').strip())}</p>" for line in document.head)
    elif look.head == "letter":
        before = (
            '<div class="address">Enligt sändlista</div>'
            '<table class="references"><tr><td>Handläggare</td><td>Direkttelefon</td><td>Vår beteckning</td></tr>'
            "<tr><td>Eva Lindh</td><td>0123-45 67 12</td><td>Se ovan</td></tr></table>"
        )
    if look.frame in ("side", "form"):
        body = _grouped(blocks, look)
    elif look.frame == "slides":
        body = _slides(blocks, look)
    elif look.boxes:
        body = _boxed_lists(blocks, look)
    else:
        body = "".join(_block(b, look) for b in blocks)
    return before + ('<div class="drop"></div>' if look.drop else "") + body


def by_browser(document: Annotated, look: Look, path: Path, browser: Browser) -> None:
    """Prints the document through Chromium."""
    left, right, top, bottom = look.margins
    page = browser.new_page()
    page.set_content(f'<html lang="sv"><head><style>{_style(look)}</style></head><body>{body_of(document, look)}</body></html>')
    set_in = f"width:100%;font-family:'{look.font}';font-size:9pt;padding:0 {right}mm 0 {left}mm"
    size = {"width": f"{_SLIDE[0]}mm", "height": f"{_SLIDE[1]}mm"} if look.frame == "slides" else {"format": "A4"}
    page.pdf(
        path=path,
        display_header_footer=True,
        header_template=f'<div style="{set_in}">{head_of(document, look)}</div>',
        footer_template=f'<div style="{set_in}">{foot_of(document, look)}</div>',
        margin={"left": f"{left}mm", "right": f"{right}mm", "top": f"{top}mm", "bottom": f"{bottom}mm"},
        print_background=True,
        **size,  # type: ignore[arg-type]
    )
    page.close()


def by_library(document: Annotated, look: Look, path: Path) -> None:
    """Prints the document through WeasyPrint, which needs no other program."""
    from weasyprint import HTML

    left, right, top, bottom = look.margins
    size = f"{_SLIDE[0]}mm {_SLIDE[1]}mm" if look.frame == "slides" else "A4"
    page = f"""@page {{size:{size};margin:{top}mm {right}mm {bottom}mm {left}mm;
      @top-left {{content:element(head);width:100%}} @bottom-left {{content:element(foot);width:100%}}}}
      #head {{position:running(head);padding:0}} #foot {{position:running(foot);padding:0}} .totalPages::after {{content:counter(pages)}}"""
    HTML(
        string=f'<html lang="sv"><head><style>{_style(look)}{page}</style></head><body><div id="head">{head_of(document, look)}</div>'
        f'<div id="foot">{foot_of(document, look)}</div>{body_of(document, look)}</body></html>'
    ).write_pdf(path)
