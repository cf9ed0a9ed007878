"""A published copy of the sample documents, looked through byte by byte, by the eye of Tesseract, and as it is served."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.publish import publication
from pipeline.publish.publication import PublishError, publish
from pipeline.publish.screen import plain
from pipeline.serving import PUBLISHED_TTL, application
from pipeline.settings import Settings, load_settings

ROOT = Path(__file__).parents[3]
RAW = ROOT / "data" / "raw"
PLANTED = [entry["name"] for entry in json.loads((ROOT / "data" / "samples" / "private_names.json").read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of all sample documents, one of them in a file named after a person, and its copy: made once, whoever asks first."""
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "publish"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "said.txt").exists():
            raw = folder / "archive" / "raw"
            shutil.copytree(RAW, raw, ignore=shutil.ignore_patterns("gold"))
            (letter,) = raw.glob("13-*.pdf")
            letter.rename(raw / "skrivelse_elsy_bromander.pdf")
            where = ["--db", str(folder / "archive" / "uppdrag.db"), "--data", str(folder / "archive")]
            answer = CliRunner().invoke(app, ["ingest", str(raw), *where])
            assert answer.exit_code == 0, answer.output
            answer = CliRunner().invoke(app, ["publish", str(folder / "copy"), *where])
            assert answer.exit_code == 0, answer.output
            (folder / "said.txt").write_text(answer.output)
    return folder


@pytest.fixture
def settings(made: Path) -> Settings:
    """What names the archive."""
    return load_settings(db=made / "archive" / "uppdrag.db", data=made / "archive")


@pytest.fixture
def copy(made: Path) -> Path:
    """The published copy."""
    return made / "copy"


def test_the_command_says_what_was_masked(made: Path) -> None:
    assert f"Masked: {len(PLANTED)} private persons" in (made / "said.txt").read_text()


def _spellings(name: str) -> Iterator[bytes]:
    """A name as it might stand in a file: composed, decomposed, folded, in capitals, with other separators; its parts too."""
    for part in (name, *name.split()):
        for form in (part, part.upper(), part.lower(), plain(part), part.replace(" ", "_"), plain(part).replace(" ", "-")):
            for shape in ("NFC", "NFD"):
                text = unicodedata.normalize(shape, form)
                yield text.encode()
                yield text.encode("utf-16-le")
                yield text.encode("latin-1", "ignore") if shape == "NFC" else text.encode()


# "Ture" stands inside "nature", "Elsy" in nothing; a given name of four letters is looked for as a word
@pytest.mark.parametrize("name", PLANTED)
def test_no_byte_of_the_copy_holds_a_planted_name(settings: Settings, copy: Path, name: str) -> None:
    source = settings.database.read_bytes()
    assert name.split()[-1].encode() in source, "the name is there before"
    for path in copy.rglob("*"):
        if not path.is_file():
            continue
        assert name.lower() not in path.name.lower()
        content = path.read_bytes()
        for spelt in set(_spellings(name)):
            if len(spelt) > 4 and spelt in content:
                found = re.search(rb"(?<![a-zA-Z\xc3])" + re.escape(spelt) + rb"(?![a-zA-Z\xc3])", content)
                assert found is None, f"{path.name}: {content[found.start() - 30 : found.end() + 30]!r}" if found else ""


def test_nothing_is_left_in_free_pages_and_the_indexes_hold_the_masked_text(copy: Path) -> None:
    connection = sqlite3.connect(f"file:{copy / 'uppdrag.db'}?mode=ro", uri=True)
    assert connection.execute("PRAGMA freelist_count").fetchone()[0] == 0
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("SELECT count(*) FROM page_fts WHERE page_fts MATCH 'Bromander OR Tornefors'").fetchone()[0] == 0
    assert connection.execute("SELECT count(*) FROM page_fts WHERE page_fts MATCH 'namn'").fetchone()[0] >= 4
    assert connection.execute("SELECT count(*) FROM page_trigram WHERE text LIKE '%romande%'").fetchone()[0] == 0
    assert connection.execute("SELECT count(*) FROM page_trigram WHERE text LIKE '%regionsty%'").fetchone()[0] > 5
    connection.close()


def test_the_copy_has_every_row_and_the_same_views_but_for_what_is_masked(settings: Settings, copy: Path) -> None:
    counts = []
    for path in (settings.database, copy / "uppdrag.db"):
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        views = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")]
        counts.append({view: connection.execute(f"SELECT count(*) FROM {view}").fetchone()[0] for view in views})  # noqa: S608
        schema = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2").fetchall()
        counts.append({name: sql for _, name, sql in schema})
        connection.close()
    assert counts[0] == counts[2]
    assert counts[1] == counts[3], "the same tables, views, indexes and triggers"


def test_elected_members_and_officials_keep_their_names(copy: Path) -> None:
    """Every person of the gold with a public role, wherever the gold has one."""
    connection = sqlite3.connect(f"file:{copy / 'uppdrag.db'}?mode=ro", uri=True)
    text = " ".join(" ".join(row[0].split()) for row in connection.execute("SELECT text FROM page"))
    wanted = set()
    for path in (RAW / "gold").glob("*.json"):
        for person in json.loads(path.read_text(encoding="utf-8")).get("persons", []):
            if person["role"] != "enskild" and person["name"] not in PLANTED:
                wanted.add(person["name"])
    assert len(wanted) > 40
    source = {name for name in wanted if name in text}
    lost = wanted - source
    assert len(lost) <= len(wanted) * 0.02, lost
    connection.close()


def _seen(picture: Image.Image) -> str:
    """The words Tesseract reads on a picture."""
    import pytesseract

    wider = picture.convert("L").resize((picture.width * 3 // 2, picture.height * 3 // 2))
    return str(pytesseract.image_to_string(wider, lang="swe", config="--psm 6"))


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed; this test reads pictures.")
def test_page_pictures_show_no_planted_name(settings: Settings, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tesseract reads the pictures of the pages the names stood on: the line is there, the name is not; on the original it is."""
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")  # its threads wait for each other on a busy machine
    patterns = [re.compile(rf"\b{part[:-1]}") for name in PLANTED for part in name.split()]
    pages = []
    for path in sorted((settings.data / "raw").glob("*.pdf")):
        document = pypdfium2.PdfDocument(path)
        for number in range(1, len(document) + 1):
            printed = document[number - 1].get_textpage().get_text_range()
            if any(name.split()[1] in printed for name in PLANTED):
                pages.append((hashlib.sha256(path.read_bytes()).hexdigest(), number))
    assert len(pages) >= 4
    rest = 0
    for sha256, number in pages:
        read = _seen(Image.open(copy / "pages" / sha256 / f"{number}.png"))
        assert [p.pattern for p in patterns if p.search(read)] == []
        rest += len(re.findall(r"\b(?:nämnd|styrelse|är|att|som)", read))
    assert rest > 20, "the rest can be read"
    original = pypdfium2.PdfDocument(settings.data / "raw" / "skrivelse_elsy_bromander.pdf")[0]
    read = _seen(original.render(scale=1100 / original.get_width()).to_pil())
    assert sum(1 for p in patterns if p.search(read)) >= 4


def test_the_report_counts_and_names_nobody(copy: Path) -> None:
    report = json.loads((copy / "publication.json").read_text(encoding="utf-8"))
    assert report["documents"] == 16
    assert report["persons"] == len(PLANTED)
    assert report["pictures"] == report["pages"] == 57
    assert report["masked"]["name"] == sum(entry["texts"].get("name", 0) for entry in report["by_document"])
    assert report["covered"] >= 10
    assert len(report["by_document"]) == 4
    assert report["without_pictures"] == []


def test_the_originals_and_the_paths_of_this_machine_are_not_in_the_copy(settings: Settings, copy: Path) -> None:
    assert list(copy.rglob("*.pdf")) == []
    for path in copy.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"%PDF" not in content
            assert str(settings.data).encode() not in content
    assert not (copy / "uppdrag.db").stat().st_mode & 0o222


async def test_it_is_served_immutable_with_its_own_pictures_without_review_and_robots_are_told_to_stay_away(copy: Path) -> None:
    client: Any = application(copy / "uppdrag.db").client
    robots = await client.get("/robots.txt")
    assert robots.text.split("\n") == ["User-agent: *", "Disallow: /"]
    answer = await client.get("/uppdrag/uppdrag.json?_shape=objects")
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["cache-control"] == f"max-age={PUBLISHED_TTL}"
    digest = answer.json()["rows"][0]["dokument_id"]
    assert (await client.get("/-/databases.json")).json()[0]["is_mutable"] is False
    page = await client.get(f"/-/sida/{digest}/1")
    assert page.status_code == 200
    assert "/-/original/" not in page.text
    picture = await client.get(f"/-/sidbild/{digest}/1.png")
    assert picture.content == (copy / "pages" / digest / "1.png").read_bytes()
    assert (await client.get(f"/-/sidbild/{digest}/999.png")).status_code == 404
    assert (await client.get(f"/-/original/{digest}.pdf")).status_code == 404
    assert (await client.get("/-/granska")).status_code != 200


def test_publishing_again_gives_the_same_bytes(settings: Settings, copy: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    publish(settings, again, pictures=False)
    assert (again / "uppdrag.db").read_bytes() == (copy / "uppdrag.db").read_bytes()


def test_a_folder_that_is_no_copy_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    answer = CliRunner().invoke(app, ["publish", str(tmp_path), "--db", str(settings.database), "--data", str(settings.data)])
    assert answer.exit_code == 2
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_nothing_is_published_where_a_masked_name_is_left(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look through the finished copy is what decides, not the masking."""
    monkeypatch.setattr("pipeline.publish.copy.Masker.value", lambda self, text, loose=False: text)
    with pytest.raises(PublishError, match="5 masked names"):
        publish(settings, tmp_path / "copy", pictures=False)
    assert list(tmp_path.iterdir()) == []


def test_who_reviewed_and_why_stays_at_home(settings: Settings, tmp_path: Path) -> None:
    from pipeline.review import ledger
    from pipeline.review.record import standing

    database = tmp_path / "reviewed.db"
    source = sqlite3.connect(settings.database)
    source.execute("VACUUM INTO ?", (str(database),))
    source.close()
    connection = sqlite3.connect(database, isolation_level=None)
    address, sha256 = connection.execute(
        "SELECT a.address, d.sha256 FROM assignment AS a JOIN document AS d ON d.id = a.document"
        " WHERE d.name LIKE '03-%' AND a.act = 'assignment'"
    ).fetchone()
    now = standing(connection, address)
    assert now is not None
    ledger.reject(connection, "Siv Granskare", address, ledger.token(now), why="Elsy Bromander ringde och bad om det")
    connection.close()
    publish(load_settings(db=database, data=settings.data), tmp_path / "copy", pictures=False)
    content = (tmp_path / "copy" / "uppdrag.db").read_bytes()
    assert b"Siv Granskare" not in content
    assert b"ringde och bad" not in content
    copied = sqlite3.connect(tmp_path / "copy" / "uppdrag.db")
    assert copied.execute("SELECT who, why, document FROM review_change_set").fetchall() == [("granskare", None, sha256)]
    assert copied.execute("SELECT count(*) FROM uppdrag WHERE uppdrag_id = ?", (address,)).fetchone()[0] == 0
    copied.close()


def test_pictures_inside_pages_are_covered_and_lost_originals_are_told(tmp_path: Path) -> None:
    """A signature or a photograph holds words that nobody has read."""
    raw = tmp_path / "raw"
    raw.mkdir()
    photograph = tmp_path / "photo.png"
    Image.new("RGB", (300, 100), (200, 30, 30)).save(photograph)
    for name in ("a", "b"):
        canvas = Canvas(str(raw / f"{name}.pdf"), pagesize=(595, 842), invariant=1)
        canvas.setFont("Helvetica", 11)
        for n, line in enumerate(
            ["Region Norr  Protokoll 2024-03-12", f"§ 1 Svar {name}", "Skrivelse från Elsy Bromander om bussar till byn."]
        ):
            canvas.drawString(70, 760 - 22 * n, line)
        canvas.drawImage(str(photograph), 70, 500, 300, 100)
        canvas.drawString(90, 545, "Text på bilden som läses")
        canvas.save()
    settings = load_settings(db=tmp_path / "uppdrag.db", data=tmp_path)
    CliRunner().invoke(app, ["ingest", str(raw), "--db", str(settings.database), "--data", str(tmp_path)])
    (raw / "b.pdf").unlink()
    report = publish(settings, tmp_path / "copy")
    assert report.pictures == 1
    assert [missing["reason"] for missing in report.without_pictures] == ["the original is not where it was read, or has changed"]
    (drawn,) = (tmp_path / "copy").rglob("1.png")
    picture = Image.open(drawn).convert("RGB")
    scale = picture.width / 595

    def colour(x: float, y: float) -> tuple[int, ...]:
        value = picture.getpixel((int(x * scale), int((842 - y) * scale)))
        assert isinstance(value, tuple)
        return value

    assert max(colour(350, 590)) - min(colour(350, 590)) < 12, "the photograph is grey"
    line = [colour(90 + n, 548) for n in range(100)]
    assert any(red > green + 50 for red, green, _ in line), "but for the line that was read in it"
    assert max(colour(170, 720)) < 40, "the name is black"


def test_a_document_that_breaks_the_drawer_costs_its_own_pictures_only(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[3])  # a drawing process starts anew and has to find this file
    monkeypatch.setattr(publication, "draw", _draw_or_die)
    report = publish(settings, tmp_path / "copy")
    assert [missing["reason"] for missing in report.without_pictures] == ["the pages could not be drawn (BrokenProcessPool)"]
    assert report.pictures == 57 - 11


def _draw_or_die(path: str, sheets: Any, folder: str) -> list[int]:
    from pipeline.publish.pictures import draw

    if "03-protokoll-rs" in path:
        os._exit(1)
    return draw(path, sheets, folder)
