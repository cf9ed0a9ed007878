"""The reference pages that are made from the thing itself: docs/commands.md and docs/database.md.

Commands, their options and the columns of the database are described where they are defined; these pages collect those words, so that
a new option or column is described or the tests fail. ``python -m pipeline.reference`` writes the pages.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_MADE = "<!-- Made by `python -m pipeline.reference` from the program itself. Change the words there. -->\n"


class UndescribedError(Exception):
    """A command or an option without a help text; the message names it."""


def commands_page() -> str:
    """docs/commands.md: every command with its arguments and options. Raises UndescribedError where one says nothing of itself."""
    from typer.main import get_command

    from pipeline.cli import app

    body = "".join(_command(name, command) for name, command in _commands(get_command(app), "uppdrag"))
    exits = "0: all well. 1: some documents failed, and are listed. 2: wrong use, a sentence says what; nothing is written."
    return f"{_MADE}# Commands\n\nExit codes: {exits}\n{body}"


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its whole name, groups in their order."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    if command.invoke_without_command:
        yield name, command
    for word, sub in inner.items():
        if not sub.hidden:
            yield from _commands(sub, f"{name} {word}")


def _command(name: str, command: Any) -> str:
    import click

    context = click.Context(command, info_name=name)
    pieces = " ".join(p.metavar or p.name for p in command.get_params(context) if p.param_type_name == "argument")
    lines = [f"\n## {name}\n\n{_said(name, command.help)}\n\n```console\n$ {f'{name} [OPTIONS] {pieces}'.strip()}\n```\n\n"]
    rows = []
    for parameter in command.get_params(context):
        if "--help" in parameter.opts or getattr(parameter, "hidden", False):
            continue
        # Typer keeps the help of arguments too; click itself does not.
        told = _said(f"{name} {parameter.name}", getattr(parameter, "help", None))
        label = ", ".join(f"`{o}`" for o in (*parameter.opts, *parameter.secondary_opts)) if parameter.param_type_name == "option" else ""
        rows.append(f"| {label or f'`{parameter.metavar or parameter.name}`'} | {told} |\n")
    if rows:
        lines += ["| | |\n| --- | --- |\n", *rows]
    return "".join(lines)


def _said(what: str, text: str | None) -> str:
    if not text or not text.strip():
        raise UndescribedError(f"{what} has no help text.")
    return " ".join(text.replace("|", "\\|").split())


def database_page() -> str:
    """docs/database.md: every table and view, every column, every saved query, in the Swedish words Datasette shows."""
    from pipeline.datasette.metadata import DATABASE, metadata

    own = metadata()["databases"][DATABASE]
    opening = "SQLite, opened by `uppdrag serve` or by any tool that reads SQLite. Columns are described in the Swedish Datasette shows."
    parts = [f"{_MADE}# The database\n\n{opening}\n\n## Tables and views\n"]
    for name, table in own["tables"].items():
        parts.append(f"\n### {name}\n\n{_said(name, table.get('description'))}\n\n| column | |\n| --- | --- |\n")
        parts += [f"| `{column}` | {_said(f'{name}.{column}', text)} |\n" for column, text in table["columns"].items()]
    parts.append("\n## Saved queries\n\n| query | |\n| --- | --- |\n")
    parts += [f"| `{name}` | **{query['title']}.** {_said(name, query['description'])} |\n" for name, query in own["queries"].items()]
    return "".join(parts)


PAGES = {"commands.md": commands_page, "database.md": database_page}


def main() -> int:
    """Write the pages; say which changed."""
    for name, made in PAGES.items():
        path, text = ROOT / "docs" / name, made()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"docs/{name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
