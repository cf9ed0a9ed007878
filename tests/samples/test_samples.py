"""The sample documents: there, current against their sources, and with sound gold."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
SAMPLES = ROOT / "data" / "samples"
MANIFEST: dict[str, Any] = json.loads((SAMPLES / "manifest.json").read_text("utf-8"))
STEMS = sorted(MANIFEST["documents"])

sys.path.insert(0, str(SAMPLES))
from gold import make  # noqa: E402
from markup import Source, SourceError, block, read  # noqa: E402


def gold_of(stem: str) -> dict[str, Any]:
    return json.loads((RAW / "gold" / f"{stem}.json").read_text("utf-8"))


def letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def printed(stem: str) -> str:
    document = pypdfium2.PdfDocument(RAW / f"{stem}.pdf")
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_the_samples_are_current_against_their_sources() -> None:
    done = subprocess.run([sys.executable, str(SAMPLES / "make.py"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_edited_source_is_found_out(tmp_path: Path) -> None:
    # The check must be able to fail: one word changed in a copy of the whole folder.
    import shutil

    shutil.copytree(SAMPLES, tmp_path / "samples", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(RAW, tmp_path / "raw")
    source = tmp_path / "samples" / "texts" / f"{STEMS[0]}.txt"
    source.write_text(source.read_text("utf-8").replace("Regionstyrelsen har berett", "Regionstyrelsen hade berett"), "utf-8")
    command = [sys.executable, str(tmp_path / "samples" / "make.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{STEMS[0]}: its text has changed" in done.stdout


def test_kinds_makers_and_counts() -> None:
    documents = MANIFEST["documents"]
    assert len(documents) >= 14
    assert {path.stem for path in RAW.glob("*.pdf")} == set(documents) == {path.stem for path in (RAW / "gold").glob("*.json")}
    kinds = Counter(one["kind"] for one in documents.values())
    assert kinds["protokoll"] >= 2
    assert kinds["protokollsutdrag"] >= 4
    assert kinds["tjänsteskrivelse"] >= 3
    assert kinds["presentation"] >= 1
    assert kinds["rapport"] >= 2
    assert kinds["kallelse"] >= 1
    assert sum(one["kind"] == "protokoll" and one["pages"] >= 10 for one in documents.values()) >= 2
    assert {one["maker"] for one in documents.values()} == {"writer", "impress", "report", "scan"}
    assert sum(path.stat().st_size for path in RAW.glob("*.pdf")) < 4_000_000


@pytest.mark.parametrize("stem", STEMS)
def test_pdf_is_what_the_manifest_says_with_fonts_embedded(stem: str) -> None:
    known = MANIFEST["documents"][stem]
    path = RAW / f"{stem}.pdf"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == known["pdf"]
    document = pypdfium2.PdfDocument(path)
    assert len(document) == known["pages"]
    document.close()
    if known["maker"] == "scan":
        assert not letters(printed(stem))
        return
    with pikepdf.open(path) as pdf:
        fonts = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"]
        plain = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") in {"/Type1", "/TrueType"}]
        assert fonts
        assert all("/FontFile2" in one or "/FontFile3" in one or "/FontFile" in one for one in fonts)
        assert all("/FontDescriptor" in one for one in plain), "a font is named and not embedded"


@pytest.mark.parametrize("stem", STEMS)
def test_gold_is_sound(stem: str) -> None:
    gold = gold_of(stem)
    ids = [one["id"] for one in gold["assignments"]]
    assert len(ids) == len(set(ids))
    assert ids
    for one in gold["assignments"]:
        assert one["tier"] in {"core", "borderline"}
        assert one["status"] in {"decided", "proposed", "cited"}
        assert one["act"] in {"assignment", "exhortation", "follow_up", "reporting_duty", "target", "appointment"}
        assert len(letters(one["anchor"])) >= 20
        assert one["duplicate_of"] is None or one["duplicate_of"] in ids
        assert all(name["name"] and name["name"][0].isalpha() for name in one["assigner"] + one["assignees"])
        for due in one["deadlines"]:
            first, last = (date.fromisoformat(due[key]) if due[key] else None for key in ("from", "to"))
            assert first is None or last is None or first <= last
        if one["status"] != "cited" and one["act"] == "assignment":
            assert one["assigner"], f"{one['id']} is given by nobody"
    assert all(isinstance(one["sek"], int) for one in gold["amounts"])
    for one in gold["dates"]:
        assert one["from"] is None or one["to"] is None or date.fromisoformat(one["from"]) <= date.fromisoformat(one["to"])


@pytest.mark.parametrize("stem", [stem for stem in STEMS if MANIFEST["documents"][stem]["maker"] != "scan"])
def test_what_gold_names_is_printed(stem: str) -> None:
    gold = gold_of(stem)
    text = letters(printed(stem))
    assert [one["raw"] for kind in ("amounts", "dates") for one in gold[kind] if letters(one["raw"]) not in text] == []
    # A sentence that goes on over a page has the next page's head printed inside it, and a cell that a page cuts has its neighbours:
    # the first words of the anchor are there all the same.
    first = [" ".join(one["anchor"].split()[:3]) for one in gold["assignments"]]
    assert [words for words in first if letters(words) not in text] == []


def test_the_documents_hold_what_makes_the_work_hard() -> None:
    every = [one for stem in STEMS for one in gold_of(stem)["assignments"]]
    assert {one["status"] for one in every} == {"decided", "proposed", "cited"}
    assert sum(1 for one in every if one["done"]) >= 8
    assert any(one["duplicate_of"] for one in every)
    assert sum(len(gold_of(stem)["not_assignments"]) for stem in STEMS) >= 60
    kinds = {due["kind"] for one in every for due in one["deadlines"]}
    assert {"due", "report", "interim_report", "final_report", "recurring", "vague", "event"} <= kinds
    assert sum(a["sek"] < 0 and a["raw"][0].isdigit() for stem in STEMS for a in gold_of(stem)["amounts"]) >= 15  # the sign is in words


def test_one_assignment_can_be_followed_from_proposal_to_its_end() -> None:
    def tells(stem_start: str) -> list[dict[str, Any]]:
        stem = next(stem for stem in STEMS if stem.startswith(stem_start))
        return [one for one in gold_of(stem)["assignments"] if one["anchor"].lower().startswith("ta fram en samlad handlingsplan")]

    assert [one["status"] for number in ("02", "03", "05", "07", "14", "16") for one in tells(number)] == [
        "proposed", "decided", "cited", "cited", "decided", "cited",
    ]  # fmt: skip
    assert tells("14")[0]["deadlines"][0]["to"] == "2025-12-09"  # moved from 2024-10-15
    assert tells("16")[0]["done"] is True


def test_private_persons_are_planted_beside_elected_ones() -> None:
    listed = json.loads((SAMPLES / "private_names.json").read_text("utf-8"))
    assert len(listed) >= 5
    elected = {p["name"] for stem in STEMS for p in gold_of(stem)["persons"] if p["role"] != "enskild"}
    assert len(elected) >= 30
    for one in listed:
        assert one["name"] not in elected
        for name in one["documents"]:
            assert letters(one["name"]) in letters(printed(Path(name).stem))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Nämnden får i uppdrag att återkomma den 3 maj 2024.", "the date"),
        ("Nämnden tilldelas 12 mnkr.", "the amount"),
        ("Nämnden tilldelas <<12 mnkr|13000000 2024 allocation Nämnden>>.", "and annotated as"),
        ("Nämnden får i uppdrag att {1}städa.", "no annotation"),
        ("Det är [[i morgon]].", "needs its value"),
    ],
)
def test_the_maker_refuses_an_incomplete_source(text: str, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        make(Source(Path("x.txt"), {"kind": "protokoll"}, [block("text", text)]))


def test_a_mark_that_is_never_closed_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text('+++\nkind = "protokoll"\n+++\nSenast [[den 3 maj.\n', "utf-8")
    with pytest.raises(SourceError, match="never closed"):
        read(tmp_path / "x.txt")
