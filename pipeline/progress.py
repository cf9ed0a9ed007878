"""What a run says while it is under way: a bar at a terminal, plain lines elsewhere, JSON on request. All of it to standard error."""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn

from pipeline.work import GOOD, Done

_EVERY = 5.0  # seconds between plain lines


class Reporter(Protocol):
    """Hears of a run from several threads."""

    def __enter__(self) -> Reporter: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def say(self, event: str, sentence: str, **facts: object) -> None:
        """Something about the run as a whole. ``event`` is stable, the sentence is for a person."""

    def begin(self, documents: int, size: int) -> None:
        """Work begins on so many documents of so many bytes together."""

    def document(self, done: Done, size: int) -> None:
        """One document is done."""


def reporter(*, as_json: bool, quiet: bool = False, stream: IO[str] | None = None) -> Reporter:
    """The one that fits where the words go."""
    stream = stream or sys.stderr
    if as_json:
        return JsonLines(stream)
    if quiet:
        return Silent()
    return Bar(stream) if stream.isatty() else PlainLines(stream)


class Silent:
    """Says nothing."""

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing to end."""

    def say(self, event: str, sentence: str, **facts: object) -> None:
        """Nothing."""

    def begin(self, documents: int, size: int) -> None:
        """Nothing."""

    def document(self, done: Done, size: int) -> None:
        """Nothing."""


class PlainLines(Silent):
    """A line every few seconds, and one for each document that is not well."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.lock = threading.Lock()
        self.documents = self.size = self.done = self.pages = self.bytes = 0
        self.began = self.last = time.monotonic()

    def say(self, event: str, sentence: str, **facts: object) -> None:
        """The sentence."""
        self.write(sentence)

    def begin(self, documents: int, size: int) -> None:
        """How much there is to do."""
        self.documents, self.size, self.began = documents, size, time.monotonic()
        self.last = self.began

    def document(self, done: Done, size: int) -> None:
        """Counts it; speaks when there is something to say."""
        with self.lock:
            self.done, self.pages, self.bytes = self.done + 1, self.pages + done.pages, self.bytes + size
            now = time.monotonic()
            if done.status not in GOOD:
                self.write(f"  {done.status}: {done.path}")
            if now - self.last >= _EVERY:
                self.last = now
                spent = now - self.began
                left = spent * (self.size - self.bytes) / max(self.bytes, 1)
                said = f"{self.done} of {self.documents} documents, {self.pages} pages, {self.pages / spent:.0f} pages/s"
                self.write(f"{said}, about {_duration(left)} left")

    def write(self, line: str) -> None:
        """One line, at once."""
        self.stream.write(line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
        self.stream.flush()


class JsonLines(PlainLines):
    """One JSON object a line: ``time`` (UTC), ``event``, and what belongs to it; one for each document."""

    def say(self, event: str, sentence: str, **facts: object) -> None:
        """The facts, with the sentence as ``message``."""
        with self.lock:
            self.event(event, message=sentence, **facts)

    def begin(self, documents: int, size: int) -> None:
        """How much there is to do."""
        with self.lock:
            self.event("begin", documents=documents, bytes=size)

    def document(self, done: Done, size: int) -> None:
        """The outcome."""
        seconds = round(done.seconds, 4)
        facts = {"path": done.path, "sha256": done.sha256, "status": str(done.status), "pages": done.pages, "seconds": seconds}
        more = {name: value for name, value in (("message", done.message), ("detail", done.detail)) if value}
        with self.lock:
            self.event("document", **facts, bytes=size, **more)

    def event(self, event: str, **facts: object) -> None:
        """One line."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.write(json.dumps({"time": now, "event": event, **facts}, ensure_ascii=False, default=str))


class Bar(Silent):
    """A progress bar with pages a second and the time left. It moves with bytes, since a document may have one page or a thousand."""

    def __init__(self, stream: IO[str]) -> None:
        self.console = Console(file=stream)
        self.pages = self.done = self.documents = 0
        self.began = time.monotonic()
        self.lock = threading.Lock()
        self.task: TaskID | None = None
        columns = (
            SpinnerColumn(),
            TextColumn("[progress.description]{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[count]}"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        self.progress = Progress(*columns, console=self.console, transient=True)

    def __enter__(self) -> Bar:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.progress.stop()

    def say(self, event: str, sentence: str, **facts: object) -> None:
        """The sentence, above the bar."""
        self.progress.console.print(sentence, markup=False, highlight=False)

    def begin(self, documents: int, size: int) -> None:
        """Shows the bar."""
        self.documents, self.began = documents, time.monotonic()
        self.task = self.progress.add_task("Reading", total=max(size, 1), count=f"0/{documents}", rate="")

    def document(self, done: Done, size: int) -> None:
        """Moves the bar; a document that is not well is named above it."""
        with self.lock:
            self.done, self.pages = self.done + 1, self.pages + done.pages
            rate = self.pages / max(time.monotonic() - self.began, 1e-3)
            if done.status not in GOOD:
                self.progress.console.print(f"{done.status}: {done.path}", markup=False, highlight=False)
            if self.task is not None:
                self.progress.update(self.task, advance=size, count=f"{self.done}/{self.documents}", rate=f"{rate:,.0f} pages/s")


def _duration(seconds: float) -> str:
    """``90`` → ``1 min 30 s``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
