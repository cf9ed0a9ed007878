"""Bad input, each kind through the real command: a row with a status and a Swedish sentence, the rest ingested, exit code 1."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from conftest import Place


def assert_row(place: Place, path: Path, status: str) -> None:
    """The path has its row, and a sentence in it."""
    rows = {str(p): (s, m) for p, s, m in place.rows("SELECT path, status, message FROM file")}
    assert rows[str(path)][0] == status
    message = str(rows[str(path)][1])
    assert message.endswith(".")
    assert len(message) > 20


def empty(place: Place, path: Path) -> str:
    path.write_bytes(b"")
    return "empty"


def text_file(place: Place, path: Path) -> str:
    path.write_text("Detta är ett vanligt brev, sparat under fel namn.\n" * 50)
    return "not_pdf"


def truncated(place: Place, path: Path) -> str:
    whole = place.write(path, pages=3).read_bytes()
    path.write_bytes(whole[: len(whole) // 10])
    return "broken"


def encrypted(place: Place, path: Path) -> str:
    with pikepdf.open(place.write(path), allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="ägare", user="hemligt"))
    return "encrypted"


def scan(place: Place, path: Path) -> str:
    image = Image.new("L", (1240, 1754), 255)
    ImageDraw.Draw(image).text((120, 160), "Regionstyrelsen beslutar", fill=0, font_size=40)
    image.save(path, resolution=150)
    return "needs_ocr"


@pytest.mark.parametrize("make", [empty, text_file, truncated, encrypted, scan])
def test_a_bad_file_is_a_row_and_the_rest_is_ingested(place: Place, make: object) -> None:
    folder = place.root / "arkiv"
    good = place.write(folder / "a-good.pdf")
    bad = folder / "b-bad.pdf"
    status = make(place, bad)  # type: ignore[operator]
    ran = place.run("ingest", folder, "--no-ocr")
    assert ran.code == 1, ran.err
    assert_row(place, bad, status)
    assert place.statuses()[good.name] == "read"
    assert f"{bad} " in ran.err
    assert f"({status})" in ran.err
    # Said again, and nothing written, the second time.
    before = place.content()
    again = place.run("ingest", folder, "--no-ocr")
    assert again.code == 1
    assert "Nothing changed" in again.out
    assert f"({status})" in again.err
    assert place.content() == before


def test_a_missing_path_is_a_row(place: Place) -> None:
    good = place.write(place.root / "good.pdf")
    missing = place.root / "finns-inte"
    ran = place.run("ingest", missing, good)
    assert ran.code == 1
    assert_row(place, missing, "missing")
    assert place.statuses()["good.pdf"] == "read"
    assert f"{missing} does not exist; check the path" in ran.err


def test_a_folder_without_pdfs_is_a_row_until_it_has_some(place: Place) -> None:
    folder = place.root / "tom"
    folder.mkdir()
    (folder / "brev.docx").write_bytes(b"PK")
    ran = place.run("ingest", folder)
    assert ran.code == 1
    assert_row(place, folder, "no_pdfs")
    place.write(folder / "brev.pdf")
    ran = place.run("ingest", folder)
    assert ran.code == 0, ran.err
    assert place.statuses() == {"brev.pdf": "read"}


def test_a_missing_path_that_comes_is_no_longer_missing(place: Place) -> None:
    path = place.root / "sen.pdf"
    assert place.run("ingest", path).code == 1
    place.write(path)
    assert place.run("ingest", path).code == 0
    assert place.statuses() == {"sen.pdf": "read"}


def test_a_file_named_by_name_counts_whatever_it_is_called(place: Place) -> None:
    path = place.write(place.root / "protokoll.bin")
    assert place.run("ingest", path).code == 0
    assert place.statuses() == {"protokoll.bin": "read"}


def test_a_name_that_is_not_utf8_is_kept_readable(place: Place) -> None:
    folder = place.root / "arkiv"
    source = place.write(folder / "a.pdf")
    os.rename(source, os.fsencode(folder) + b"/n\xe4mnd.PDF")  # noqa: PTH104
    ran = place.run("ingest", folder)
    assert ran.code == 0, ran.err
    assert place.statuses() == {r"n\xe4mnd.PDF": "read"}
    assert "Nothing changed" in place.run("ingest", folder).out


# A database that is not ours, is write-protected or is newer: exit code 2, a sentence, and not a byte written.


def not_ours(path: Path) -> str:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recept (namn TEXT)")
    connection.commit()
    connection.close()
    return "not a database of uppdrag"


def no_database(path: Path) -> str:
    path.write_text("Detta är en text.\n" * 100)
    return "not a database of uppdrag"


@pytest.mark.parametrize("make", [not_ours, no_database])
@pytest.mark.parametrize("command", ["ingest", "status", "serve"])
def test_a_database_that_is_not_ours(place: Place, make: object, command: str) -> None:
    db = place.root / "annat.db"
    sentence = make(db)  # type: ignore[operator]
    before = db.read_bytes()
    arguments = [command, place.write(place.root / "a.pdf")] if command == "ingest" else [command]
    ran = place.run(*arguments, "--db", db)
    assert ran.code == 2
    assert sentence in ran.err
    assert "Traceback" not in ran.err
    assert db.read_bytes() == before
    assert [p.name for p in place.root.glob("annat.db*")] == ["annat.db"]


def test_a_read_only_database(place: Place) -> None:
    pdf = place.write(place.root / "a.pdf")
    assert place.run("ingest", pdf).code == 0
    place.db.chmod(0o444)
    before = place.db.read_bytes()
    ran = place.run("ingest", place.write(place.root / "b.pdf", "Annat"))
    assert ran.code == 2
    assert "write-protected" in ran.err
    assert place.db.read_bytes() == before


def test_a_database_of_a_newer_version(place: Place) -> None:
    assert place.run("ingest", place.write(place.root / "a.pdf")).code == 0
    connection = sqlite3.connect(place.db)
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    before = place.db.read_bytes()
    ran = place.run("ingest", place.write(place.root / "b.pdf", "Annat"))
    assert ran.code == 2
    assert "newer" in ran.err or "9999" in ran.err
    assert place.db.read_bytes() == before


def test_there_is_no_database_to_ask(place: Place) -> None:
    for command in ("status", "serve"):
        ran = place.run(command)
        assert ran.code == 2
        assert "uppdrag ingest" in ran.err
    assert not (place.root / "data").exists()
