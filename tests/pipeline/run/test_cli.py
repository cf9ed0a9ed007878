"""The command line as a person or a program meets it."""

from __future__ import annotations

import json
import re
import shutil
import signal
import time
import tomllib
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.organisations import OrganisationError, new_organisation
from rules import ruleset

if TYPE_CHECKING:
    from conftest import Place


def test_help_answers_at_once_and_imports_nothing_heavy(place: Place) -> None:
    spent = []
    for _ in range(3):
        began = time.monotonic()
        ran = place.run("--help")
        spent.append(time.monotonic() - began)
    assert ran.code == 0
    assert min(spent) < 0.5
    for command in ("ingest", "serve", "extract", "evaluate", "status", "rules"):
        assert re.search(rf"^\s+{command}\s", ran.out, re.MULTILINE)


@pytest.mark.parametrize(
    "command", [["ingest"], ["serve"], ["extract"], ["evaluate"], ["status"], ["rules", "check"], ["rules", "new-organisation"]]
)
def test_every_command_knows_db_and_data(place: Place, command: list[str]) -> None:
    said = place.run(*command, "--help").out
    assert "--db" in said
    assert "--data" in said


@pytest.mark.parametrize("line", ["ingest --workers many", "ingest --engine spark", "sjung", "extract", "evaluate a"])
def test_wrong_use_is_exit_code_2(place: Place, line: str) -> None:
    ran = place.run(*line.split())
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert ran.err.strip()


def test_a_wrong_settings_file_is_exit_code_2(place: Place) -> None:
    (place.root / "uppdrag.toml").write_text("wrokers = 2\n")
    ran = place.run("status")
    assert ran.code == 2
    assert "wrokers" in ran.err


def test_an_unknown_organisation_is_exit_code_2_and_writes_nothing(place: Place) -> None:
    ran = place.run("ingest", place.write(place.root / "a.pdf"), "--organisation", "atlantis")
    assert ran.code == 2
    assert "atlantis" in ran.err
    assert not place.db.exists() or place.rows("SELECT count(*) FROM file") == [(0,)]


def test_ingest_takes_data_raw_by_itself(place: Place) -> None:
    place.write(place.root / "data" / "raw" / "a.pdf")
    (place.root / "data" / "raw" / "gold").mkdir()
    (place.root / "data" / "raw" / "gold" / "a.json").write_text("{}")
    assert place.run("ingest").code == 0
    assert place.statuses() == {"a.pdf": "read"}


def test_extract_writes_one_object_a_file_and_a_list_for_several(place: Place) -> None:
    first = place.write(place.root / "a.pdf", "Första")
    second = place.write(place.root / "b.pdf", "Andra")
    ran = place.run("extract", first, "--format", "json")
    assert ran.code == 0, ran.err
    one = json.loads(ran.out)
    assert one["document"]["pages"] == 1
    assert [p["number"] for p in one["paragraphs"]] == ["§ 1"]
    assert len(one["assignments"]) == 1
    assert one["assignments"][0]["amounts"][0]["sek"] == 2_500_000
    both = json.loads(place.run("extract", first, second).out)
    assert [Path(each["document"]["path"]).name for each in both] == ["a.pdf", "b.pdf"]
    assert not (place.root / "data").exists()


def test_extract_lists_what_failed_and_goes_on(place: Place) -> None:
    bad = place.root / "b.pdf"
    bad.write_bytes(b"")
    crash = place.write(place.root / "c-segfault.pdf", "Andra bytes än de första, annars är det samma dokument")
    ran = place.run("extract", place.write(place.root / "a.pdf"), bad, crash, place.root / "borta.pdf", **place.hostile())
    assert ran.code == 1
    assert [each["document"]["status"] for each in json.loads(ran.out)][1:] == ["failed"] * 3
    for status in ("empty", "crashed", "missing"):
        assert f"({status})" in ran.err


@pytest.mark.parametrize("form", ["table", "html"])
def test_extract_for_people(place: Place, form: str) -> None:
    ran = place.run("extract", place.write(place.root / "a.pdf"), "--format", form)
    assert ran.code == 0, ran.err
    assert "egiondirektören" in ran.out
    assert ran.out.lstrip().lower().startswith("<!doctype html") == (form == "html")


def test_status_adds_up(place: Place) -> None:
    place.write(place.root / "arkiv" / "a.pdf", pages=3)
    (place.root / "arkiv" / "b.pdf").write_bytes(b"")
    place.run("ingest", "arkiv", place.root / "borta")
    found = json.loads(place.run("status", "--json").out)
    assert found["files"] == sum(found["files_by_status"].values()) == 3
    assert found["pages"] == sum(found["pages_by_reader"].values()) == 3
    assert found["paragraphs"] == sum(found["paragraphs_by_outcome"].values()) == 3
    assert {Path(row["path"]).name: row["status"] for row in found["failed_files"]} == {"b.pdf": "empty", "borta": "missing"}
    said = place.run("status")
    assert said.code == 0
    assert "(missing)" in said.err


def test_serve_answers_at_the_address_it_prints_and_ends_with_ctrl_c(place: Place) -> None:
    assert place.run("ingest", place.write(place.root / "a.pdf")).code == 0
    process = place.start("serve", "--port", "0")
    assert process.stdout is not None
    line = process.stdout.readline()
    address = re.search(r"http://\S+", line)
    assert address is not None
    with urllib.request.urlopen(address.group(), timeout=20) as answer:  # noqa: S310
        assert answer.status == 200
    place.end(process, signal.SIGINT)
    assert process.returncode == 0


def test_evaluate_scores_and_explains(place: Place) -> None:
    place.write(place.root / "pdf" / "a.pdf")
    gold = place.root / "gold"
    gold.mkdir()
    party = {"raw": "regiondirektören", "name": "Regiondirektören"}
    wanted = {
        "id": "1",
        "tier": "core",
        "act": "assignment",
        "status": "decided",
        "anchor": "ta fram en plan för ekonomi i balans",
        "assigner": [{"raw": "Regionstyrelsen", "name": "Regionstyrelsen"}],
        "assignees": [party],
        "deadlines": [],
        "report_to": [],
    }
    (gold / "a.json").write_text(json.dumps({"assignments": [wanted], "amounts": [], "dates": [], "references": [], "persons": []}))
    ran = place.run("evaluate", "gold", "pdf", "--json", "--organisation", "none")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["total"]["found"]["right"] == 1
    shown = place.run("evaluate", "gold", "pdf", "--misses")
    assert shown.code == 0
    assert "deadlines" in shown.out
    ran = place.run("evaluate", "finns-inte", "pdf")
    assert ran.code == 2
    assert "finns-inte" in ran.err


def test_rules_check_holds(place: Place) -> None:
    ran = place.run("rules", "check")
    assert ran.code == 0, ran.out
    assert "Every rule holds" in ran.out


def test_an_ingest_by_a_rule_that_does_not_hold_says_which(place: Place, tmp_path: Path) -> None:
    copy = tmp_path / "other"
    shutil.copytree(ruleset.HERE, copy / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    grammar = copy / "rules" / "sv" / "grammar.toml"
    grammar.write_text(grammar.read_text().replace('counterexamples = ["', 'counterexamples = ["Så beslutar nämnden att ", "', 1))
    place.write(place.root / "raw" / "a.pdf")
    ran = place.run("ingest", "raw", PYTHONPATH=str(copy))
    assert ran.code != 0
    assert "grammar.clause_opener: matches its counterexample" in ran.err
    assert "Traceback" not in ran.err


def test_a_new_organisation_starts_from_the_template_and_holds(tmp_path: Path) -> None:
    root = tmp_path / "rules"
    shutil.copytree(ruleset.HERE, root, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    made = new_organisation("region-dalarna", root / "organisations")
    assert made == root / "organisations" / "region-dalarna"
    assert tomllib.loads((made / "organisation.toml").read_text())["id"] == "region-dalarna"
    assert ruleset.check(root) == []
    with pytest.raises(OrganisationError, match="there already"):
        new_organisation("region-dalarna", root / "organisations")


@pytest.mark.parametrize("identity", ["", "Region Dalarna", "../ut", "_template", "none", "å"])
def test_a_name_that_cannot_be_a_folder(tmp_path: Path, identity: str) -> None:
    with pytest.raises(OrganisationError, match="cannot name"):
        new_organisation(identity, tmp_path)
