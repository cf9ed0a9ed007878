"""A draw of what was tied together, to be read by hand: the figure of docs/quality.md is made from it."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from textwrap import shorten

_LINKS = (
    "SELECT 'link', l.rule, l.evidence, coalesce(a.text, r.text), d.name, l.page, coalesce(b.text, q.text), e.name,"
    " coalesce(b.page, q.page)"
    " FROM thread_link AS l JOIN document AS d ON d.sha256 = l.document LEFT JOIN assignment AS a ON a.address = l.record"
    " LEFT JOIN report AS r ON r.address = l.record LEFT JOIN assignment AS b ON b.address = l.other LEFT JOIN report AS q"
    " ON q.address = l.other LEFT JOIN document AS e ON e.id = coalesce(b.document, q.document)"
    " WHERE l.standing IN ('joined', 'confirmed', 'made') AND l.rule <> 'link.same_point' ORDER BY l.record, l.other"
)
_REPORTS = (
    "SELECT 'report', e.rule, e.kind || ' ' || e.status || ' ' || coalesce(e.date, '') || ' ' || coalesce(e.body, ''), e.text, d.name,"
    " e.page, coalesce(t.body, '') || ' ' || coalesce(t.given_date, '') || ' ' || coalesce(t.given_paragraph, '') || ' ' ||"
    " coalesce('punkt ' || t.given_point, '') || ': ' || t.task, f.name, t.page FROM thread_event AS e JOIN thread AS t ON t.id = e.thread"
    " JOIN document AS d ON d.sha256 = e.document LEFT JOIN document AS f ON f.sha256 = t.document"
    " WHERE e.rule LIKE 'report.%' ORDER BY e.thread, e.ordinal"
)


def draw(db: Path, count: int, seed: int) -> str:
    """``count`` ties of a database as Markdown, one after another with both sides; the same for the same seed and threads.

    A tie is a link that joined two records, or a sentence that was tied to an assignment as what became of it. Points that one
    document prints twice are left out: they are one by their words.
    """
    connection = sqlite3.connect(db)
    try:
        ties = [*connection.execute(_LINKS), *connection.execute(_REPORTS)]
    finally:
        connection.close()
    drawn = random.Random(seed).sample(ties, min(count, len(ties)))  # noqa: S311 - a draw, no secret
    lines = [f"{len(drawn)} of {len(ties)} ties, seed {seed}\n"]
    for number, (kind, rule, said, text, name, page, other, other_name, other_page) in enumerate(drawn, 1):
        lines.append(f"\n{number}. {kind} {rule} — {said}\n")
        lines.append(f"   - {name} p. {page}: {shorten(text, 420)}\n")
        lines.append(f"   - {other_name} p. {other_page}: {shorten(other, 420)}\n")
    return "".join(lines)
