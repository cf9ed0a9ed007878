"""Which files are meant by the paths of a command, and what bytes they hold. Nothing named is dropped without a word."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from extractors.model import FileStatus


@dataclass(frozen=True, slots=True)
class Found:
    """A file to account for. ``path`` is absolute (symbolic links in it kept); ``size`` in bytes, ``mtime_ns`` as the system has it."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A path no document can be read from, with the status and the Swedish sentence its row gets."""

    path: str
    status: FileStatus
    message: str


def discover(paths: Iterable[Path]) -> Iterator[Found | Trouble]:
    """Every PDF under ``paths``, each path once, folders recursively in name order.

    In a folder a PDF is a file named ``*.pdf``, whatever the case. A file that is named itself counts whatever it is called. Symbolic
    links are followed; a folder reached a second time, as in a loop of links, is not entered again. Named paths that do not exist,
    folders without PDFs, and what the system does not let us read come out as :class:`Trouble`.
    """
    seen: set[str] = set()
    entered: set[tuple[int, int]] = set()
    for path in paths:
        for item in _named(path, entered):
            if item.path not in seen:
                seen.add(item.path)
                yield item


def _named(path: Path, entered: set[tuple[int, int]]) -> Iterator[Found | Trouble]:
    """What one path of the command stands for."""
    full = os.path.abspath(path)  # noqa: PTH100 - Path.absolute() keeps "..", and the row's path should be the one a person expects
    try:
        status = Path(full).stat()
    except FileNotFoundError:
        yield Trouble(full, FileStatus.MISSING, "Sökvägen finns inte. Kontrollera stavningen och läs in igen.")
        return
    except OSError as error:
        yield Trouble(full, FileStatus.UNREADABLE, _unreadable(error))
        return
    if not stat.S_ISDIR(status.st_mode):
        yield _file(full, status)
        return
    empty = (status.st_dev, status.st_ino) not in entered  # a folder reached before has had its files listed
    for item in _walk(full, status, entered):
        empty = False
        yield item
    if empty:
        yield Trouble(full, FileStatus.NO_PDFS, "Mappen innehåller inga PDF-filer. Ange en mapp med filer som slutar på .pdf.")


def _walk(folder: str, status: os.stat_result, entered: set[tuple[int, int]]) -> Iterator[Found | Trouble]:
    """The PDFs of a folder and of the folders in it, by an explicit stack: an archive may be nested deeper than Python recurses."""
    stack = [(folder, status)]
    while stack:
        current, status = stack.pop()
        identity = (status.st_dev, status.st_ino)
        if identity in entered:
            continue
        entered.add(identity)
        try:
            with os.scandir(current) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError as error:
            yield Trouble(current, FileStatus.UNREADABLE, _unreadable(error))
            continue
        folders: list[tuple[str, os.stat_result]] = []
        for name in names:
            full = f"{current.rstrip('/')}/{name}"
            wanted = name.lower().endswith(".pdf")
            try:
                status = os.stat(full)  # noqa: PTH116 - once a file of an archive, and names are strings here
            except OSError as error:
                if wanted or error.errno not in (errno.ENOENT, errno.ELOOP):  # a broken link to something else than a PDF is not ours
                    yield Trouble(full, FileStatus.UNREADABLE, _unreadable(error))
                continue
            if stat.S_ISDIR(status.st_mode):
                folders.append((full, status))
            elif wanted:
                yield _file(full, status)
        stack.extend(reversed(folders))


def _file(path: str, status: os.stat_result) -> Found | Trouble:
    """A regular file is found; a pipe or a device, which might never end, is trouble."""
    if stat.S_ISREG(status.st_mode):
        return Found(path, status.st_size, status.st_mtime_ns)
    return Trouble(path, FileStatus.UNREADABLE, "Detta är ingen vanlig fil (rör, enhet eller uttag) och läses inte.")


def printable(path: str) -> str:
    """The path as text for a row: file names that are not UTF-8 keep their odd bytes as ``\\xe5``, which no database refuses."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _unreadable(error: OSError) -> str:
    """The sentence for what the system refused, with the system's own word for it."""
    if isinstance(error, PermissionError):
        return "Filen eller mappen får inte läsas av den som kör programmet. Ändra rättigheterna och läs in igen."
    if isinstance(error, FileNotFoundError):
        return "Länken pekar på en fil som inte finns. Rätta länken och läs in igen."
    return f"Filen eller mappen gick inte att öppna ({error.strerror}). Rätta felet och läs in igen."


def digest(found: Found) -> str | Trouble:
    """The sha256 of a file's bytes, in lower-case hexadecimal, or why it cannot be had."""
    try:
        with Path(found.path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return Trouble(found.path, FileStatus.UNREADABLE, _unreadable(error))


def digests(files: Iterable[Found], known: Mapping[str, tuple[int, int, str]], *, threads: int) -> Iterator[tuple[Found, str | Trouble]]:
    """Each file with its sha256, in order. ``known`` maps a path to the size, mtime_ns and sha256 it had when it was last hashed:
    a file whose size and time are the same is not read again."""

    def one(found: Found) -> tuple[Found, str | Trouble]:
        size, mtime_ns, sha256 = known.get(found.path, (-1, -1, ""))
        if sha256 and (size, mtime_ns) == (found.size, found.mtime_ns):
            return found, sha256
        return found, digest(found)

    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="hash") as pool:
        yield from pool.map(one, files)
