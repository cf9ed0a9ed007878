"""Two written documents: real PDFs, with the reading and the extraction of them made by hand, so that the store is tested alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from extractors.model import (
    Amount,
    Assignment,
    Block,
    BlockKind,
    Cue,
    DateMention,
    Deadline,
    Document,
    Extraction,
    FileStatus,
    Issue,
    Line,
    Meta,
    NotAssignment,
    Origin,
    Page,
    Paragraph,
    Party,
    Percentage,
    Person,
    Reading,
    Reference,
    Section,
    Segment,
    Span,
)
from pipeline.rows import to_rows
from pipeline.store import FileRow, Store

WIDTH, HEIGHT, SIZE, LEFT = 595.0, 842.0, 11.0, 70.0

MINUTES = [
    [
        "Region Norrsund    PROTOKOLL    Regionstyrelsen",
        "Sammanträdesdatum 2024-03-12",
        "§ 41 Ekonomi i balans (RS/2024:117)",
        "Beslut",
        "1. Regiondirektören får i uppdrag att ta fram en handlingsplan för",
        "ekonomi i balans och återredovisa den till regionstyrelsen senast den",
        "31 maj 2024. Kostnaden får uppgå till högst 2,5 mnkr.",
        "2. Hälso- och sjukvårdsnämnden ges i uppdrag att se över inhyrningen.",
        "Bakgrund",
        "Prognosen visar ett underskott på 63 mnkr, 4,5 procent av omslutningen.",
    ],
    [
        "Region Norrsund    PROTOKOLL    Regionstyrelsen",
        "§ 42 Svar på motion om <script>alert('hej')</script> & kollektivtrafik",
        "Förslag till beslut",
        "Trafiknämnden föreslås få i uppdrag att utreda nattbussar.",
        "Yrkande",
        "Anna Berg (X) yrkar att direktören får i uppdrag att köpa bussar.",
        "§ 43 Anmälan av ärenden",
        "Justerat: Karin Öst, ordförande",
    ],
]
LETTER = [
    [
        "Tjänsteskrivelse 2024-05-20",
        "Återrapport av uppdraget i regionstyrelsens beslut 2024-03-12 § 41, RS/2024:117",
        "Regionstyrelsen gav 2024-03-12 regiondirektören i uppdrag att ta fram en handlingsplan.",
    ]
]


@dataclass(frozen=True)
class Written:
    """A PDF on disk with what was read and extracted from it."""

    path: Path
    reading: Reading
    extraction: Extraction


def write(path: Path, pages: list[list[str]]) -> tuple[Reading, Document]:
    """A PDF with these lines, its reading, and the document of one segment a line."""
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT), invariant=1)
    read: list[Page] = []
    segments: list[Segment] = []
    text = ""
    for number, lines in enumerate(pages, start=1):
        printed: list[Line] = []
        for index, line in enumerate(lines):
            baseline = 80.0 + 22 * index
            canvas.setFont("Helvetica", SIZE)
            canvas.drawString(LEFT, HEIGHT - baseline, line)
            folded = " ".join(line.split())
            words, at = [], 0
            for word in line.split():
                at = line.index(word, at)
                words.append(LEFT + stringWidth(line[:at], "Helvetica", SIZE))
                at += len(word)
            right = LEFT + stringWidth(line, "Helvetica", SIZE)
            printed.append(Line(folded, LEFT, baseline - 9, right, baseline + 3, SIZE, False, baseline, tuple(words)))
            text += "\n" if text else ""
            segments.append(Segment(len(text), len(text) + len(folded), number, index, 0))
            text += folded
        canvas.showPage()
        read.append(Page(number, WIDTH, HEIGHT, tuple(printed)))
    canvas.save()
    reading = Reading(sha256(path.read_bytes()).hexdigest(), path.name, FileStatus.READ, tuple(read), producer="ReportLab")
    return reading, Document(text, tuple(segments), (), (), (), reading.pages)


def minutes(path: Path) -> Written:
    """Minutes with a decided assignment with everything, one to a board, one proposed, one refused, two amounts, a seat in doubt."""
    reading, document = write(path, MINUTES)
    text = document.text

    def at(phrase: str, after: int = 0) -> Span:
        start = text.index(phrase.replace("|", "\n"), after)
        return Span(start, start + len(phrase))

    def raw(span: Span) -> str:
        return " ".join(text[span.start : span.end].split())

    starts = [text.index(f"§ {n} ") for n in (41, 42, 43)]
    paragraphs = (
        Paragraph(starts[0], starts[1], "§ 41", "Ekonomi i balans", "RS/2024:117", 1),
        Paragraph(starts[1], starts[2], "§ 42", "Svar på motion om <script>alert('hej')</script> & kollektivtrafik", None, 2),
        Paragraph(starts[2], len(text), "§ 43", "Anmälan av ärenden", None, 2),
    )
    first = Span(at("Regiondirektören får").start, at("31 maj 2024.").end)
    second = at("Hälso- och sjukvårdsnämnden ges i uppdrag att se över inhyrningen.")
    third = at("Trafiknämnden föreslås få i uppdrag att utreda nattbussar.")
    moved = at("Anna Berg (X) yrkar att direktören får i uppdrag att köpa bussar.")
    sections = (Section(at("Beslut").start, at("Bakgrund").start, "decision", "Beslut", 0),)
    blocks = (Block(first.start - 3, first.end, BlockKind.ITEM, 1, first.start, "1.", section=0, paragraph=0),)
    cost = Amount(at("2,5 mnkr"), "2,5 mnkr", Decimal("2500000"), "amount.mnkr", 2024, "ceiling", "handlingsplan")
    loss = Amount(at("63 mnkr"), "63 mnkr", Decimal("-63000000"), "amount.mnkr", 2024, "forecast", None, "word")
    due = at("senast den|31 maj 2024")
    assignments = (
        Assignment(
            key="k1",
            act="assignment",
            status="decided",
            span=first,
            text=raw(first),
            task=raw(Span(at("ta fram en handlingsplan för").start, at("regionstyrelsen senast").end - 7)),
            task_span=Span(at("ta fram en handlingsplan för").start, at("regionstyrelsen senast").end - 7),
            block=0,
            paragraph=0,
            assigner=(Party("Regionstyrelsen", None, None, "meeting"),),
            assignees=(Party("Regiondirektören", "Regiondirektören", at("Regiondirektören"), "printed"),),
            report_to=(Party("Regionstyrelsen", "regionstyrelsen", at("regionstyrelsen"), "printed"),),
            deadlines=(Deadline(due, raw(due), "report", date(2024, 5, 31), date(2024, 5, 31), "day", "printed", "deadline.senast"),),
            amounts=(cost,),
            confidence=0.97,
            rules=("frame.far_i_uppdrag",),
            cues=(
                Cue("status=decided", "status.section_decision", "Står under ”Beslut” i styrelsens protokoll", at("Beslut")),
                Cue("assignee", "slot.subject", "Subjektet före ”får i uppdrag”", at("Regiondirektören")),
            ),
        ),
        Assignment(
            key="k2",
            act="assignment",
            status="decided",
            span=second,
            text=raw(second),
            task="se över inhyrningen",
            task_span=at("se över inhyrningen"),
            block=-1,
            paragraph=0,
            assigner=(Party("Regionstyrelsen", None, None, "meeting"),),
            assignees=(Party("Hälso- och sjukvårdsnämnden", "Hälso- och sjukvårdsnämnden", at("Hälso- och sjukvårdsnämnden"), "printed"),),
            confidence=0.9,
            rules=("frame.ges_i_uppdrag",),
        ),
        Assignment(
            key="k3",
            act="assignment",
            status="proposed",
            span=third,
            text=raw(third),
            task="utreda nattbussar",
            task_span=at("utreda nattbussar"),
            block=-1,
            paragraph=1,
            assignees=(Party("Trafiknämnden", "Trafiknämnden", at("Trafiknämnden"), "printed"),),
            confidence=0.4,
            needs_review="Ingen uppdragsgivare hittad",
            rules=("frame.foreslas_fa_i_uppdrag",),
        ),
        Assignment(
            key="k4",
            act="assignment",
            status="decided",
            span=second,
            text=raw(second),
            task="se över inhyrningen",
            task_span=at("se över inhyrningen"),
            block=-1,
            paragraph=0,
            duplicate_of="k2",
            rules=("frame.ges_i_uppdrag",),
        ),
        Assignment(
            key="k5",
            act="exhortation",
            status="decided",
            span=moved,
            text=raw(moved),
            task="köpa bussar",
            task_span=at("köpa bussar"),
            block=-1,
            paragraph=1,
            rules=("frame.uppmanar",),
        ),
    )
    extraction = Extraction(
        Meta(
            "protokoll",
            "Protokoll <b>2024-03-12</b>",
            "Regionstyrelsen",
            date(2024, 3, 12),
            date(2024, 3, 12),
            "RS/2024:1",
            "Region Norrsund",
        ),
        replace(document, paragraphs=paragraphs, sections=sections, blocks=blocks, removed=((2, 0, "header"),)),
        "partial",
        assignments,
        (NotAssignment(moved, raw(moved), "motion", "status.yrkar"),),
        (loss, cost),
        (Percentage(at("4,5 procent"), "4,5 procent", Decimal("4.5"), "percent.word"),),
        (
            DateMention(at("2024-03-12"), "2024-03-12", date(2024, 3, 12), date(2024, 3, 12), "day", "printed", "date.iso"),
            DateMention(at("31 maj 2024"), "31 maj 2024", date(2024, 5, 31), date(2024, 5, 31), "day", "printed", "date.day_month"),
        ),
        (Reference(at("RS/2024:117"), "RS/2024:117", "diary", "RS/2024:117", "reference.diary"),),
        (Person(at("Karin Öst, ordförande"), "Karin Öst", "ordförande", "person.signature"),),
        (
            Issue("no_assigner", "Ingen uppdragsgivare hittad", 2, third),
            Issue("odd_page", "Sidan är svårläst", 1),
            Issue("odd", "Hela dokumentet"),
        ),
        "rules-1",
        ("assignments", "assignments", "no_decision"),
    )
    return Written(path, reading, extraction)


def letter(path: Path) -> Written:
    """A letter that retells an assignment of the minutes."""
    reading, document = write(path, LETTER)
    text = document.text
    start = text.index("Regionstyrelsen gav")
    span = Span(start, len(text))
    task = text.index("ta fram")
    cited = Assignment(
        key="c1",
        act="assignment",
        status="cited",
        span=span,
        text=" ".join(text[start:].split()),
        task="ta fram en handlingsplan",
        task_span=Span(task, len(text) - 1),
        block=-1,
        paragraph=-1,
        assigner=(Party("Regionstyrelsen", "Regionstyrelsen", Span(start, start + 15), "printed"),),
        assignees=(Party("Regiondirektören", "regiondirektören", None, "printed"),),
        origin=Origin("Regionstyrelsen", date(2024, 3, 12), "§ 41", "RS/2024:117"),
        done=True,
        confidence=0.8,
        rules=("frame.gav_i_uppdrag",),
    )
    at = text.index("RS/2024:117")
    extraction = Extraction(
        Meta("tjänsteskrivelse", "Återrapport", "Regionstyrelsen", date(2024, 5, 20), None, None, "Region Norrsund"),
        document,
        "ok",
        (cited,),
        references=(Reference(Span(at, at + 11), "RS/2024:117", "diary", "RS/2024:117", "reference.diary"),),
        rules_fingerprint="rules-1",
    )
    return Written(path, reading, extraction)


@pytest.fixture
def written(tmp_path: Path) -> list[Written]:
    """The minutes and the letter, on disk in a folder of their own."""
    folder = tmp_path / "arkiv"
    folder.mkdir()
    return [minutes(folder / "protokoll å.pdf"), letter(folder / "skrivelse.pdf")]


def note(written: Written, path: Path | None = None) -> FileRow:
    """What the flow notes of a file."""
    place = path or written.path
    found = place.stat()
    return FileRow(str(place), written.reading.sha256, found.st_size, found.st_mtime_ns, str(written.reading.status))


@pytest.fixture
def file_row() -> Callable[..., FileRow]:
    """:func:`note`, for tests."""
    return note


@pytest.fixture
def database(tmp_path: Path, written: list[Written]) -> Path:
    """A database with both documents, one of them at two paths, and a broken file."""
    path = tmp_path / "uppdrag.db"
    copy = tmp_path / "arkiv" / "protokoll, kopia.pdf"
    copy.write_bytes(written[0].path.read_bytes())
    broken = tmp_path / "arkiv" / "trasig.pdf"
    broken.write_bytes(b"%PDF-1.7 avbruten")
    digest = sha256(broken.read_bytes()).hexdigest()
    message = "Filen är avbruten: hämta den på nytt."
    failed = Reading(digest, broken.name, FileStatus.BROKEN, message=message)
    with Store.open(path) as store:
        store.note_files([note(w) for w in written] + [note(written[0], copy)])
        store.note_files([FileRow(str(broken), digest, 17, broken.stat().st_mtime_ns, "broken", message)])
        report = store.load([to_rows(w.reading, w.extraction) for w in written] + [to_rows(failed, None, "rules-1")])
        assert report.failed == ()
    return path
