"""Datasette over the database, as analysts meet it."""

from __future__ import annotations

from pathlib import Path


def serve(db: Path, *, host: str = "127.0.0.1", port: int = 8001, open_browser: bool = False) -> None:
    """Serves the database until interrupted."""
    raise NotImplementedError
