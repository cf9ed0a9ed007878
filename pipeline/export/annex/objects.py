"""The list as JSON, for programs. docs/list.md describes every key."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from pipeline.export.annex.contents import Annex, Entry


def objects(listed: Annex) -> bytes:
    """The list as one JSON object."""
    whole = {
        "body": listed.body,
        "organisation": listed.organisation,
        "day": listed.day.isoformat(),
        "assignments": [_assignment(listed, entry) for entry in listed.entries],
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _assignment(listed: Annex, entry: Entry) -> dict[str, Any]:
    one, now = entry.followed, entry.followed.standing
    return {
        "id": one.thread,
        "state": entry.code,
        "task": one.task,
        "assigners": one.assigners,
        "assignees": one.assignees,
        "report_to": one.report_to,
        "given": {
            "day": _iso(now.given),
            "paragraph": one.given_paragraph,
            "point": one.given_point,
            "diary_number": one.diary_number,
        },
        "deadline": {
            "first": _iso(now.deadline_first),
            "last": _iso(now.deadline_last),
            "raw": now.deadline_raw,
            "moved": now.moved,
        },
        "interim": _iso(now.interim),
        "reported": _iso(now.reported),
        "accepted": {"kind": now.accepted, "day": _iso(now.accepted_day), "status": now.accepted_status},
        "closed": {"day": _iso(now.closed), "status": now.closed_status},
        "withdrawn": _iso(now.withdrawn),
        "gaps": list(now.gaps),
        "sources": [
            {
                "kind": source.kind,
                "status": source.status,
                "day": source.day,
                "day_basis": source.day_basis,
                "body": source.body,
                "paragraph": source.paragraph,
                "text": source.text,
                "document": source.document,
                "name": source.name,
                "page": source.page,
                "link": listed.link(source) or source.link,
            }
            for source in one.sources
        ],
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
