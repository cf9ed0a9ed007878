"""The list as CSV, as Swedish spreadsheets open it: UTF-8 with a mark, semicolons, ISO days, no cell that could be a formula."""

from __future__ import annotations

import csv
import io

from pipeline.export.annex.contents import Annex, Entry

COLUMNS = (
    "nr",
    "läge",
    "uppdrag",
    "mottagare",
    "uppdragsgivare",
    "givet",
    "paragraf",
    "punkt",
    "diarienummer",
    "tidsfrist från",
    "tidsfrist till",
    "tidsfrist, ordagrant",
    "återrapporteras till",
    "delrapporterat",
    "återrapporterat",
    "godtaget",
    "avslutat",
    "saknas",
    "källor",
    "uppdrag-id",
)
"""The columns of the table and of the workbook's first sheet."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row(listed: Annex, entry: Entry) -> tuple[object, ...]:
    """One assignment, a value a column of :data:`COLUMNS`: int, str, date or None."""
    one, now = entry.followed, entry.followed.standing
    sources = "; ".join(f"{listed.happened(source)} {source.day or 'utan dag'}: {listed.where(source)}" for source in one.sources)
    return (
        entry.number,
        entry.state,
        one.task,
        one.assignees,
        one.assigners,
        now.given,
        one.given_paragraph,
        one.given_point,
        one.diary_number,
        now.deadline_first,
        now.deadline_last,
        now.deadline_raw,
        one.report_to,
        now.interim,
        now.reported,
        now.accepted_day,
        entry.finished,
        "; ".join(now.gaps) or None,
        sources,
        one.thread,
    )


def table(listed: Annex) -> bytes:
    """The list as CSV."""
    to = io.StringIO(newline="")
    writer = csv.writer(to, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in listed.entries:
        writer.writerow(["" if value is None else harmless(str(value)) for value in row(listed, entry)])
    return to.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: what begins like one gets an apostrophe before it.

    >>> harmless("=2+3"), harmless("– 2 mnkr"), harmless("-2 mnkr")
    ("'=2+3", '– 2 mnkr', "'-2 mnkr")
    """
    return f"'{text}" if text.startswith(_FORMULA) else text
