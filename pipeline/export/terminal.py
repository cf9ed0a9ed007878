"""An extraction as a person reads it at a terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from extractors.model import Assignment, Deadline, Extraction, Party, Reading

_COLOUR = {"decided": "green", "proposed": "yellow", "cited": "cyan"}


def as_table(reading: Reading, extraction: Extraction | None, path: Path) -> Group:
    """The document's heading, its assignments, and what a person has to look at. English headings, the document's own words within."""
    if extraction is None:
        return Group(Text(f"{path}: {reading.status.value}. {reading.message or ''}".rstrip(), style="red"))
    meta = extraction.meta
    when = " – ".join(dict.fromkeys(str(day) for day in (meta.meeting_from, meta.meeting_to) if day))
    heading = " · ".join(part for part in (meta.kind, meta.title, meta.body, when, meta.diary_number) if part)
    counts = (
        f"{len(reading.pages)} pages, {len(extraction.document.paragraphs)} §, {len(extraction.assignments)} assignments, "
        f"{len(extraction.amounts)} amounts, {len(extraction.dates)} dates, {len(extraction.references)} references ({extraction.status})"
    )
    parts: list[RenderableType] = [Text(str(path), style="bold"), Text(heading), Text(counts, style="dim")]
    if extraction.assignments:
        parts.append(_assignments(extraction))
    parts += [Text(f"p. {issue.page or '–'}  {issue.code}: {issue.message}", style="yellow") for issue in extraction.issues]
    return Group(*parts)


def _assignments(extraction: Extraction) -> Table:
    table = Table(show_lines=True)
    table.add_column("page", justify="right")
    table.add_column("§", no_wrap=True)
    table.add_column("status")
    table.add_column("who told whom", ratio=2, overflow="fold")
    table.add_column("what", ratio=4, overflow="fold")
    table.add_column("when, back to whom", ratio=2, overflow="fold")
    table.add_column("conf.", justify="right")
    document = extraction.document
    for a in extraction.assignments:
        paragraph = document.paragraphs[a.paragraph].number if a.paragraph >= 0 else ""
        table.add_row(
            str(document.page_of(a.span.start)),
            Text(paragraph),
            _status(a),
            Text(f"{_names(a.assigner) or '?'} → {_names(a.assignees) or '?'}" + (f" (with {_names(a.partners)})" if a.partners else "")),
            Text(a.task),
            Text("\n".join([*(_deadline(d) for d in a.deadlines), *([f"→ {_names(a.report_to)}"] if a.report_to else [])])),
            f"{a.confidence:.2f}",
        )
    return table


def _status(a: Assignment) -> Text:
    label = a.status if a.act == "assignment" else f"{a.status} ({a.act.replace('_', ' ')})"
    shown = Text(label, style=_COLOUR.get(a.status, ""))
    if a.duplicate_of:
        shown.append("\nsame as earlier", style="dim")
    if a.done:
        shown.append("\ndone", style="dim")
    if a.needs_review:
        shown.append("\nneeds a look", style="red")
    return shown


def _names(parties: tuple[Party, ...]) -> str:
    return ", ".join(p.name for p in parties)


def _deadline(d: Deadline) -> str:
    days = "–".join(dict.fromkeys(str(day) for day in (d.first, d.last) if day))
    return f"{d.raw} ({days})" if days else d.raw
