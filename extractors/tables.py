"""Tables of assignments: a column of tasks beside columns that say who, by when and how it goes.

Follow-up lists and interim reports print what was assigned as rows, often as a bare imperative ("Utred möjligheten att …"). The
headings of the columns give the slots; a table that goes on after a page break without headings keeps those before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from extractors.model import Block, BlockKind, Document
from rules.ruleset import Rules
from rules.schema import TriggerRule

_ABOVE = 3
"""Blocks over a table that may call it a list of actions."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One row: the blocks of its cells by role ("task", "assignee", "deadline", "comment" …)."""

    trigger: TriggerRule
    cells: dict[str, tuple[int, ...]]
    heading: int


def task_rows(document: Document, rules: Rules, *, plan: bool = False) -> tuple[list[TaskRow], set[int]]:
    """The rows of every table of tasks, and the indexes of all blocks such tables consist of. ``plan``: the document is the decision
    that gives what it lists, so its tables of measures are of tasks."""
    trigger = next(t for t in rules.language.frames.trigger if t.voice == "table")
    task_heading = rules.regex(trigger)
    columns = [(c.role, rules.regex(c)) for c in rules.language.frames.column]
    rows: list[TaskRow] = []
    used: set[int] = set()
    roles: dict[int, str] = {}
    heading = -1
    for blocks in _tables(document):
        by_row: dict[int, list[int]] = {}
        for index in blocks:
            cell = document.blocks[index].cell
            if cell is not None:
                by_row.setdefault(cell.row, []).append(index)
        width = max((c.column for c in (document.blocks[i].cell for i in blocks) if c is not None), default=0) + 1
        numbers = sorted(by_row)
        if not numbers:
            continue
        first = {_column(document.blocks[i]): _uncapitalized(_text(document, i)) for i in by_row[numbers[0]]}
        found: dict[int, str] = {}
        for column, text in first.items():
            if task_heading.match(text):
                found[column] = "task"
            else:
                role: str | None = next((r for r, regex in columns if regex.match(text)), None)
                if role is not None:
                    found[column] = role
        if "task" not in found.values() and "assignee" in found.values():
            actions = _of_actions(document, first, blocks, by_row, rules, plan=plan)
            if actions is not None:
                found[actions] = "task"
        if "task" in found.values() and len(found) >= 2:
            roles, heading = found, _above(document, blocks[0])
            numbers = numbers[1:]
        elif (
            not roles
            or max(roles) + 1 != width
            or blocks[0] - max(used, default=-99) > 6
            or any(document.blocks[i].kind is BlockKind.HEADING for i in range(max(used, default=blocks[0]) + 1, blocks[0]))
        ):
            roles = {}
            continue
        used.update(blocks)
        for number in numbers:
            cells: dict[str, list[int]] = {}
            for index in by_row[number]:
                known = roles.get(_column(document.blocks[index]))
                if known is not None:
                    cells.setdefault(known, []).append(index)
            task = " ".join(_text(document, i) for i in cells.get("task", []))
            if len(task) > 8 and not task_heading.match(task):
                rows.append(TaskRow(trigger, {r: tuple(v) for r, v in cells.items()}, heading))
    return rows, used


def _of_actions(
    document: Document, first: dict[int, str], blocks: list[int], rows: dict[int, list[int]], rules: Rules, *, plan: bool
) -> int | None:
    """The column of tasks of a list of actions ("Vad", "Vem", "Klart"): where what stands above the table calls it one, or the document is
    an adopted plan, and each of its cells says what to do."""
    column = next((c for c, text in first.items() if rules.grammar("action_column").match(text)), None)
    if column is None:
        return None
    above = range(blocks[0] - 1, max(blocks[0] - 1 - _ABOVE, -1), -1)
    if not plan and not any(rules.grammar("action_list").search(_text(document, i)) for i in above):
        return None
    tasks = [_text(document, i) for number in sorted(rows)[1:] for i in rows[number] if _column(document.blocks[i]) == column]
    firsts = rules.grammar("infinitive_first"), rules.grammar("imperative_first")
    return column if tasks and all(any(regex.match(task) for regex in firsts) for task in tasks) else None


def _tables(document: Document) -> list[list[int]]:
    out: list[list[int]] = []
    last: tuple[int, int] | None = None
    for index, block in enumerate(document.blocks):
        if block.kind is not BlockKind.CELL or block.cell is None:
            continue
        key = (block.page, block.cell.table)
        if key != last:
            out.append([])
            last = key
        out[-1].append(index)
    return out


def _above(document: Document, first: int) -> int:
    """The nearest block above a table that is no cell."""
    for index in range(first - 1, -1, -1):
        if document.blocks[index].kind is not BlockKind.CELL:
            return index
    return -1


def _uncapitalized(heading: str) -> str:
    """The heading of a column as it is written elsewhere ("UPPDRAG" -> "Uppdrag")."""
    return heading.capitalize() if heading.isupper() else heading


def _column(block: Block) -> int:
    return block.cell.column if block.cell is not None else -1


def _text(document: Document, index: int) -> str:
    block = document.blocks[index]
    return document.text[block.start : block.end]
