"""A reviewer at work, as a program: a server of one's own, signed in to over HTTP, pages read and forms posted as a browser does."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode, urlsplit

_ROOT = Path(__file__).resolve().parent.parent.parent
_SAYS = re.compile(r"http://\S+nyckel=\S+")


class DeskError(Exception):
    """The server, or a page of it, is not as it should be; the message says how."""


class Server:
    """``uppdrag serve`` over a database, as a process. ``link`` signs in once.

    Ends with its ``with`` block; :meth:`kill` ends it without a word, as a power cut does, and :meth:`start` starts it again at the same
    port. What it wrote to standard error is in ``log``.
    """

    def __init__(self, database: Path, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.log = folder / "server.log"
        self.port = _free_port()
        self.link = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Starts it, and waits until it answers. Raises DeskError where it does not."""
        command = [sys.executable, "-m", "pipeline.cli", "serve", "--db", str(self.database), "--data", str(self.folder)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("UPPDRAG_")}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_ROOT), environment.get("PYTHONPATH")]))
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port)], stdout=subprocess.PIPE, stderr=log, text=True, env=environment, start_new_session=True
            )
        assert self._process.stdout is not None
        found = next((match[0] for line in self._process.stdout if (match := _SAYS.search(line))), None)
        if found is None:
            raise DeskError(f"The server did not start: {self.log.read_text()[-1000:]}")
        self.link = found

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        assert self._process is not None
        return self._process.pid

    def cpu_seconds(self) -> float:
        """Processor time of the server itself so far, the process that draws pages left out."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cpu_milliseconds(self) -> float:
        """The same of its threads that run now, finer: the system's count of each is in nanoseconds."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6

    def kill(self) -> None:
        """Ends it and what it started at once, with SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends it politely."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    """What came back: status, where it leads (for a redirect), the page, and the seconds from asking to the last byte."""

    status: int
    location: str
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()


@dataclass
class Form:
    """A form of a page: where it is posted to, what its fields hold, and its buttons as (name, value)."""

    action: str
    name: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Desk:
    """One reviewer's browser. Raises DeskError where the server is not there, or ends in the middle of an answer."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._cookies: dict[str, str] = {}

    def sign_in(self, name: str, password: str) -> None:
        """With a name and a password."""
        (form,) = [form for form in forms(self.get("/-/logga-in").text) if form.action.endswith("/-/logga-in")]
        answer = self.post(form, changed={"namn": name, "losen": password})
        if answer.status != 303:
            raise DeskError(f"{name} could not sign in: {answer.status}")

    def use_link(self) -> None:
        """With the server's link."""
        answer = self.get(self._server.link.partition(str(self._server.port))[2])
        if answer.status != 303:
            raise DeskError(f"The link did not sign in: {answer.status}")

    def get(self, path: str) -> Answer:
        """A page."""
        return self._ask("GET", path, None)

    def post(self, form: Form, button: tuple[str, str] | None = None, changed: Mapping[str, str] | None = None) -> Answer:
        """A form as it stands, with some of its fields changed; where it leads is not followed."""
        fields = [(name, (changed or {}).get(name, value)) for name, value in form.fields]
        return self._ask("POST", form.action, urlencode([*fields, button] if button else fields).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        began = time.perf_counter()
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            got = response.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise DeskError(f"{method} {path}: {type(error).__name__}: {error}") from error
        spent = time.perf_counter() - began
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return Answer(response.status, response.getheader("location") or "", got, spent)

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._select: str | None = None
        self._chosen: str | None = None
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(urlsplit(given.get("action", "")).path, given.get("id", ""))
            self.found.append(self._open)
        elif self._open is None or "disabled" in given:
            return
        elif tag == "input" and given.get("name") and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self._open.fields.append((given["name"], given.get("value", "")))
        elif tag == "button" and given.get("name"):
            self._open.buttons.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select, self._chosen = given.get("name"), None
        elif tag == "option" and self._select and (self._chosen is None or "selected" in given):
            self._chosen = given.get("value", "")
        elif tag == "textarea":
            self._area, self._text = given.get("name"), ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select" and self._open is not None and self._select:
            self._open.fields.append((self._select, self._chosen or ""))
            self._select = None
        elif tag == "textarea" and self._open is not None and self._area:
            self._open.fields.append((self._area, self._text))
            self._area = None


def forms(page: str) -> list[Form]:
    """The forms of a page, with what a browser would post of each if nothing in it was touched."""
    parser = _Forms()
    parser.feed(page)
    return parser.found


def record_form(page: str) -> Form:
    """The form of a record. Raises DeskError where the page has none."""
    found = next((form for form in forms(page) if form.name == "posten"), None)
    if found is None:
        raise DeskError("The page has no record to decide on.")
    return found
