"""Pictures of pages, drawn in a process of their own: a PDF that makes the reader hang or crash does not take the server along."""

from __future__ import annotations

import asyncio
import hashlib
import io
import multiprocessing
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from pipeline.children import end_with_parent

TIMEOUT = 20.0
"""Seconds a page may take to draw."""

KEPT = 256
"""Pictures kept in memory; a page at the usual size is some 100 KB."""

LARGEST = 2400
"""Pixels of the longer edge of a picture, whatever the page calls itself."""


class NoPictureError(Exception):
    """The page cannot be shown; the message is Swedish, for the reader of the page."""


def draw(path: str, number: int, width: int) -> bytes:
    """One page (counted from 1) as PNG, ``width`` pixels wide. Runs in the drawing process."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        page = document[number - 1]
        across, down = page.get_size()
        scale = min(width / across, LARGEST / max(across, down))
        picture = page.render(scale=scale).to_pil().convert("RGB")
        kept = io.BytesIO()
        _plain(picture).save(kept, "PNG", compress_level=3)
        return kept.getvalue()
    finally:
        document.close()


def _plain(picture: Any) -> Any:
    """The same picture with one channel where nothing in it has a colour: half the bytes and less than half the time to pack them."""
    from PIL import ImageChops

    red, green, blue = picture.split()
    gray = all(ImageChops.difference(red, other).getbbox() is None for other in (green, blue))
    return red if gray else picture


def ready() -> None:
    """Imports what drawing needs. Runs in the drawing process."""
    import PIL.PngImagePlugin
    import pypdfium2

    _ = PIL.PngImagePlugin, pypdfium2


def printed_lines(path: str, number: int, sha256: str, cache: str | None) -> list[tuple[str, float, float, float, float]]:
    """The lines of one page as the reader sees them. Runs in the drawing process."""
    from pipeline.cache import ContentCache, unpack_reading
    from pipeline.reading.pdfium import FastDocument
    from pipeline.work import reading_version

    with FastDocument(Path(path).read_bytes()) as document:
        found = document.read_page(number - 1)
        lines = found.lines if found is not None else ()
    if not lines and cache is not None and (kept := ContentCache(Path(cache), reading_version()).get(sha256)) is not None:
        lines = unpack_reading(kept).pages[number - 1].lines
    return [(line.text, line.x0, line.top, line.x1, line.bottom) for line in lines]


class Pictures:
    """Draws pages of files whose bytes are the ones that were read, and remembers the latest."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._checked: dict[tuple[str, int, int], str] = {}

    async def page(self, paths: list[str], sha256: str, number: int, width: int) -> bytes:
        """The page as PNG. Raises NoPictureError where no path holds those bytes any more or the page cannot be drawn."""
        at = (sha256, number, width)
        if at in self._kept:
            self._kept.move_to_end(at)
            return self._kept[at]
        path = await asyncio.to_thread(self.original, paths, sha256)
        pool = self._started()
        try:
            task, *given = self._task(path, number, width)
            picture = await asyncio.wait_for(asyncio.wrap_future(pool.submit(task, *given)), TIMEOUT)
        except TimeoutError as error:
            self.close()
            raise NoPictureError("Sidan tog för lång tid att rita. Texten står bredvid.") from error
        except BrokenProcessPool as error:
            self.close()
            raise NoPictureError("Sidan kan inte ritas: PDF-filen är skadad. Texten står bredvid.") from error
        except Exception as error:
            raise NoPictureError(f"Sidan kan inte ritas ({type(error).__name__}). Texten står bredvid.") from error
        self._kept[at] = picture
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return picture

    async def lines(self, paths: list[str], sha256: str, number: int, cache: Path | None) -> list[tuple[str, float, float, float, float]]:
        """(text, x0, top, x1, bottom) of each printed line of a page, in points, read in the drawing process; from ``cache``, the folder
        of the reading cache, where the page was read by OCR. Raises NoPictureError as :meth:`page`."""
        path = await asyncio.to_thread(self.original, paths, sha256)
        task = self._started().submit(printed_lines, str(path), number, sha256, None if cache is None else str(cache))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(task), TIMEOUT)
        except Exception as error:
            if isinstance(error, (TimeoutError, BrokenProcessPool)):
                self.close()
            raise NoPictureError("Sidans rader kan inte läsas. Skriv av texten i stället.") from error

    def warm_up(self) -> None:
        """Starts the drawing process, so that the first page does not wait for it."""
        self._started().submit(ready)

    def original(self, paths: list[str], sha256: str) -> Path:
        """The first of the paths that holds exactly the bytes that were read. Raises NoPictureError where none does."""
        for name in paths:
            path = Path(name)
            try:
                found = path.stat()
                known = (name, found.st_size, found.st_mtime_ns)
                if known not in self._checked:
                    with path.open("rb") as file:
                        self._checked[known] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                continue
            if self._checked[known] == sha256:
                return path
        raise NoPictureError("Originalfilen ligger inte kvar där den lästes, eller har ändrats sedan dess. Texten står bredvid.")

    def _task(self, path: Path, number: int, width: int) -> tuple[Callable[..., bytes], *tuple[Any, ...]]:
        """What the drawing process is asked to do."""
        return draw, str(path), number, width

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                # Spawned, not forked: the server has threads. Recycled, so that memory stays flat over a working day.
                self._pool = ProcessPoolExecutor(
                    1, multiprocessing.get_context("spawn"), initializer=end_with_parent, max_tasks_per_child=500
                )
            return self._pool

    def close(self) -> None:
        """Ends the drawing process, also one that hangs."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is None:
            return
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)
