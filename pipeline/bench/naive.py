"""The reference that speed is measured against: what a user would write in an afternoon from the list of packages.

A Prefect task a document; pdfplumber's ``extract_text``; a blank Swedish spaCy pipeline that parts sentences and marks phrases;
dateparser's ``search_dates`` on each sentence; rows put in with sqlite-utils, a document at a time. It is a program of its own, run as
``python -m pipeline.bench.naive PDF_DIR DB``, and prints one JSON line. Prefect's start is outside the clock.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "150",
    "PREFECT_LOGGING_LEVEL": "WARNING",
}
_AMOUNT = re.compile(r"[-–]?\d[\d ,]*\s*(?:mnkr|mkr|tkr|miljoner)")
_BODIES = ("regionstyrelsen", "kommunstyrelsen", "kommunfullmäktige", "regionfullmäktige", "regiondirektören")


def _language() -> Any:
    import spacy

    nlp = spacy.blank("sv")
    nlp.add_pipe("sentencizer")
    verbs = ("får", "fick", "ges", "gavs")
    told = [{"label": "TOLD", "pattern": [{"LOWER": verb}, {"LOWER": "i"}, {"LOWER": "uppdrag"}]} for verb in verbs]
    bodies = [{"label": "BODY", "pattern": [{"LOWER": name}]} for name in _BODIES]
    money = [{"label": "MONEY", "pattern": [{"LIKE_NUM": True}, {"LOWER": {"IN": ["mnkr", "mkr", "tkr", "miljoner"]}}]}]
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([*told, *bodies, *money])
    return nlp


def measure(folder: Path, db: Path) -> dict[str, float]:
    """Pages, rows and seconds of a naive run over the PDFs of a folder."""
    import pdfplumber
    import sqlite_utils
    from dateparser.search import search_dates
    from prefect import flow, task

    nlp = _language()

    def rows_of(path: str) -> tuple[int, list[dict[str, Any]]]:
        rows = []
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages:
                for sentence in nlp(page.extract_text() or "").sents:
                    text = sentence.text
                    dates = search_dates(text, languages=["sv"], settings={"DATE_ORDER": "DMY"}) or []
                    entities = [entity.text for entity in sentence.ents]
                    found = {"entities": entities, "amounts": _AMOUNT.findall(text), "dates": [str(d) for _, d in dates]}
                    rows.append({"file": path, "page": page.page_number, "text": text} | {k: json.dumps(v) for k, v in found.items()})
            return len(pdf.pages), rows

    @task
    def document(path: str) -> tuple[int, int]:
        pages, rows = rows_of(path)
        table: Any = sqlite_utils.Database(str(db))["sentence"]
        table.insert_all(rows)
        return pages, len(rows)

    @flow
    def started() -> None:
        """So that Prefect's server is up before the clock starts."""

    @flow
    def ingest(paths: list[str]) -> list[tuple[int, int]]:
        return [document(path) for path in paths]

    started()
    paths = [str(path) for path in sorted(folder.rglob("*.pdf"))]
    began = time.perf_counter()
    done = ingest(paths)
    seconds = time.perf_counter() - began
    return {"pages": sum(pages for pages, _ in done), "rows": sum(rows for _, rows in done), "seconds": seconds}


if __name__ == "__main__":
    os.environ.update(_QUIET)
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]))))
