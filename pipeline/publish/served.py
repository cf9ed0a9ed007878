"""A published copy as it is served: found by its report, immutable, with the pictures that were drawn for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

REPORT = "publication.json"
DATABASE = "uppdrag.db"
PAGES = "pages"


@dataclass(frozen=True)
class PublishedCopy:
    """The folder of a copy."""

    folder: Path

    @classmethod
    def of(cls, database: Path) -> PublishedCopy | None:
        """The copy a database belongs to, or None where it is an ordinary one."""
        folder = database.resolve().parent
        return cls(folder) if database.name == DATABASE and (folder / REPORT).is_file() else None

    def picture(self, sha256: str, number: int) -> bytes | None:
        """A page as PNG, or None where the copy has no picture of it."""
        path = self.folder / PAGES / sha256 / f"{number}.png"
        return path.read_bytes() if path.is_file() else None
