"""The front page's key figures: what there is, how it stands today, and which bodies have most."""

from __future__ import annotations

from typing import Any

from pipeline.datasette.dashboards import BODIES
from pipeline.datasette.kept import Kept

QUESTIONS = {
    "documents": "SELECT count(*) AS documents, coalesce(sum(pages), 0) AS pages, coalesce(sum(paragraphs), 0) AS paragraphs,"
    " coalesce(sum(paragraphs_unread), 0) AS unread, min(meeting_from) AS first, max(meeting_from) AS last FROM document",
    "files": "SELECT count(*) AS files, coalesce(sum(status NOT IN ('read', 'read_by_ocr')), 0) AS failed FROM file",
    "assignments": "SELECT status_code AS name, count(*) AS count FROM current_row GROUP BY status_code",
    "doubt": "SELECT count(*) AS count FROM current_row WHERE needs_review IS NOT NULL",
    "states": "SELECT state_today AS name, count(*) AS count FROM thread_today GROUP BY state_today",
    "unanswered": "SELECT count(*) AS count FROM thread WHERE state = 'reported' AND accepted_kind IS NULL",
    "soon": "SELECT count(*) AS count FROM thread WHERE state IN ('open', 'interim')"
    " AND deadline_last BETWEEN date('now') AND date('now', '+90 days')",
    "bodies": BODIES,
}
"""What the front page counts, by name."""

_BODIES = 10


async def figures(kept: Kept) -> dict[str, Any] | None:
    """The figures by name, counts by name inside; None while one of them is counted for the first time. ``counted`` is when, if the
    database has changed since."""
    answers = {}
    for name, sql in QUESTIONS.items():
        answer = await kept.ask(sql)
        if answer is None:
            return None
        answers[name] = answer
    found: dict[str, Any] = {**answers["documents"].rows[0], **answers["files"].rows[0]}
    for name in ("doubt", "unanswered", "soon"):
        found[name] = answers[name].rows[0]["count"]
    statuses = {row["name"]: row["count"] for row in answers["assignments"].rows}
    states = {row["name"]: row["count"] for row in answers["states"].rows}
    old = [answer.at for answer in answers.values() if not answer.current]
    return {
        **found,
        "statuses": statuses,
        "assignments": sum(statuses.values()),
        "states": states,
        "threads": sum(states.values()),
        "bodies": answers["bodies"].rows[:_BODIES],
        "counted": min(old) if old else None,
    }


def warm(kept: Kept) -> None:
    """Has the figures counted before anybody asks."""
    for sql in QUESTIONS.values():
        kept.warm(sql)
