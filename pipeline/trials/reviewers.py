"""Reviewers at work while an archive goes in, with the server killed in the middle: ``uppdrag trial reviewers``.

So many reviewers, each signed in with an account and a browser of their own, decide as fast as they are answered (accept, correct,
reject, split, mark duplicate, undo), half of them from the same queue, while `uppdrag ingest` loads one folder of documents after the
other. At half time the server is killed with SIGKILL and started again. Then everything is counted: each decision that was answered is in
the history under its number and its reviewer, nothing else is but what was on its way when the server was killed, what the triggers keep
is what there is, and the queue, the documents and the coverage say the same numbers.
"""

# ruff: noqa: S608 - statements are put together from names of our own tables

from __future__ import annotations

import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median

from pipeline.bench.material import make
from pipeline.review.accounts import Accounts
from pipeline.review.queue import counts
from pipeline.store import Store
from pipeline.trials.desk import Desk, DeskError, Form, Server, forms, record_form

MINUTES, REVIEWERS = 10.0, 4
_PAGES = 400
"""Pages of each folder that goes in."""

_PASSWORD = "ett lösenord för provet"  # noqa: S105 - of accounts that live as long as the trial
_DONE = re.compile(r"[?&]klart=(\d+)")
_RECORD = re.compile(r"/-/granska/post/([0-9a-f]{16})")
_TAKEN = "Den posten är själv en dubblett eller underkänd"  # what another reviewer made of the record this one was to be a duplicate of
_ACTIONS = {"spara": ("accept", "correct"), "underkann": ("reject",), "dela": ("split",), "dubblett": ("duplicate",), "": ("undo",)}

LATEST = "s.id = (SELECT max(n.id) FROM review_state AS n WHERE n.record = s.record)"
_DECIDED = f"SELECT s.record FROM review_state AS s WHERE s.verdict <> 'open' AND {LATEST}"
_KEPT = {
    "review_current": "SELECT * FROM review_current ORDER BY record",
    "review_queue": "SELECT * FROM review_queue ORDER BY assignment",
    "review_waiting": "SELECT * FROM review_waiting WHERE records <> 0 ORDER BY 1, 2, 3, 4",
}
_ANEW = {
    "review_current": "SELECT s.record, s.id, s.document, s.verdict, c.who, s.base_extraction IS NOT NULL, m.address IS NOT NULL,"
    " coalesce(m.source <> s.base_source, 0) FROM review_state AS s JOIN review_change_set AS c ON c.id = s.change_set"
    f" LEFT JOIN extraction_mark AS m ON m.address = s.record WHERE {LATEST} ORDER BY s.record",
    "review_queue": "SELECT a.id, a.act = 'assignment' AND a.duplicate_of IS NULL, a.needs_review IS NULL, a.confidence, a.body, a.status,"
    f" a.needs_review FROM assignment AS a WHERE a.address NOT IN ({_DECIDED}) ORDER BY a.id",
    "review_waiting": "SELECT coalesce(a.body, ''), a.status, coalesce(a.needs_review, ''), a.needs_review IS NULL AND a.confidence < 0.8,"
    " count(*) FROM assignment AS a WHERE a.act = 'assignment' AND a.duplicate_of IS NULL"
    f" AND a.address NOT IN ({_DECIDED}) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
}
"""What the tables kept by triggers hold, and the same said without them."""


def discrepancies(connection: sqlite3.Connection) -> list[str]:
    """The tables kept by triggers that are not what the append-only ones and the extraction say, with the first row that differs."""
    found = []
    for table, kept in _KEPT.items():
        rows, wanted = connection.execute(kept).fetchall(), connection.execute(_ANEW[table]).fetchall()
        if rows != wanted:
            odd = next((pair for pair in zip(rows, wanted, strict=False) if pair[0] != pair[1]), (len(rows), len(wanted)))
            found.append(f"{table} holds {odd[0]} where {odd[1]} is")
    return found


@dataclass
class _Log:
    """What one reviewer did. ``answered`` is (change set, record or None, button) of each decision; ``unanswered`` the buttons of those
    whose answer never came."""

    name: str
    answered: list[tuple[int, str | None, str]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    collisions: int = 0
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class Reviewing:
    """A trial: what was done meanwhile, and ``wrong``, what did not hold."""

    minutes: float
    reviewers: int
    decisions: int
    actions: dict[str, int]
    collisions: int
    unanswered: int
    documents: int
    assignments: int
    ingests: int
    median_ms: float
    p95_ms: float
    worst_ms: float
    wrong: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether no error was shown, no decision was lost and the counts add up."""
        return not self.wrong

    def summary(self) -> str:
        """Some lines for a person."""
        kinds = ", ".join(f"{name} {n}" for name, n in sorted(self.actions.items(), key=lambda item: -item[1]))
        lines = [
            f"{self.reviewers} reviewers, {self.minutes:.1f} minutes, {self.decisions} decisions answered ({kinds}).",
            f"{self.collisions} collisions told; {self.unanswered} decisions on their way when the server was killed.",
            f"Meanwhile {self.ingests} runs of `uppdrag ingest` loaded {self.documents} documents with {self.assignments} assignments.",
            f"A decision took {self.median_ms:.0f} ms (median), {self.p95_ms:.0f} ms (p95), {self.worst_ms:.0f} ms (worst).",
        ]
        return "\n".join([*lines, *(self.wrong or ["No error shown, no decision lost, every count adds up."])])


def reviewers(
    minutes: float = MINUTES, people: int = REVIEWERS, *, kill: bool = True, seed: int = 1, say: Callable[[str], None] = print
) -> Reviewing:
    """Runs the trial in a temporary folder. Raises DeskError where it cannot begin."""
    with tempfile.TemporaryDirectory(prefix="uppdrag-reviewers-") as name:
        folder = Path(name)
        database = folder / "uppdrag.db"
        ingested: list[str] = []
        _ingest_one(folder, database, 0, ingested)
        if ingested:
            raise DeskError(ingested[0])
        logs = [_Log(f"granskare {n + 1}") for n in range(people)]
        for log in logs:
            Accounts(database).add(log.name, "reviewer", _PASSWORD)
        end = time.monotonic() + 60 * minutes
        over = threading.Event()
        server = Server(database, folder)
        server.start()
        try:
            loading = threading.Thread(target=_keep_ingesting, args=(folder, database, over, ingested))
            working = [threading.Thread(target=_review, args=(log, server, over, n, seed)) for n, log in enumerate(logs)]
            for thread in (loading, *working):
                thread.start()
            while (left := end - time.monotonic()) > 0:
                if kill and left < 30 * minutes:
                    kill = False
                    answered = sum(len(log.answered) for log in logs)
                    server.kill()
                    server.start()
                    say(f"Server killed after {answered} decisions, and started again.")
                time.sleep(min(1.0, max(left, 0.01)))
            over.set()
            for thread in (*working, loading):
                thread.join()
        finally:
            over.set()
            server.stop()
        return _counted(database, server.log, logs, [line for line in ingested if line], minutes)


def _keep_ingesting(folder: Path, database: Path, over: threading.Event, wrong: list[str]) -> None:
    for number in count(1):
        if over.is_set():
            return
        _ingest_one(folder, database, number, wrong)


def _ingest_one(folder: Path, database: Path, number: int, wrong: list[str]) -> None:
    """A folder of documents that are like no others, read in; its files stay, as their pages are looked at."""
    files = folder / "archive" / f"{number:04d}"
    # Copies are numbered from 1 in each folder: the first page of each says its folder too, so that no two are the same document.
    make(files, _PAGES, first_copy=1 + 1000 * number)
    command = [sys.executable, "-m", "pipeline.cli", "ingest", str(files), "--db", str(database), "--data", str(folder), "--workers", "1"]
    done = subprocess.run([*command, "--no-ocr", "--engine", "direct"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        wrong.append(f"ingest ended with {done.returncode}: {done.stderr[-500:]}")


def _review(log: _Log, server: Server, over: threading.Event, number: int, seed: int) -> None:
    """One reviewer's day, until it is over. What goes wrong is noted, and the reviewer goes on."""
    chance = random.Random(f"{seed}-{number}")  # noqa: S311 - a draw, no secret
    queue = "/-/granska" if number % 2 == 0 else ("/-/granska?status=decided", "/-/granska?status=cited")[number // 2 % 2]
    with closing(Desk(server)) as desk:
        desk.sign_in(log.name, _PASSWORD)
        page = ""
        while not over.is_set() and len(log.errors) < 20:
            try:
                page = _next_page(log, desk, page, queue, chance)
            except DeskError:
                # The server is gone: whoever sits there loads the page again until it is back.
                page = ""
                time.sleep(0.2)


def _next_page(log: _Log, desk: Desk, page: str, queue: str, chance: random.Random) -> str:
    """Decides on the record of a page and returns the next one's; without a page, the first of the queue."""
    if not page:
        answer = desk.get(queue)
        if answer.status != 200:
            log.errors.append(f"{queue} answered {answer.status}")
            return ""
        records = _RECORD.findall(answer.text)
        if not records:
            time.sleep(0.5)  # all is done until more is read in
            return ""
        return _page(log, desk, f"/-/granska/post/{chance.choice(records[:5])}?{queue.partition('?')[2]}")
    form, button, changed = _choice(page, chance)
    record = _RECORD.search(form.action)
    try:
        answer = desk.post(form, ("beslut", button) if button else None, changed)
    except DeskError:
        log.unanswered.append(button)
        raise
    if (answer.status == 409 and "hann före dig" in answer.text) or (answer.status == 400 and _TAKEN in answer.text):
        log.collisions += 1
        return ""
    if answer.status == 409 and not button:  # somebody has undone it, or decided again, since
        return ""
    number = _DONE.search(answer.location)
    if answer.status != 303 or number is None:
        log.errors.append(f"{form.action} {button} answered {answer.status}: {_said(answer.text)}")
        return ""
    log.answered.append((int(number[1]), record[1] if record else None, button))
    log.seconds.append(answer.seconds)
    return _page(log, desk, answer.location) if "/post/" in answer.location else ""


def _page(log: _Log, desk: Desk, path: str) -> str:
    answer = desk.get(path)
    if answer.status == 404 or 'id="posten"' not in answer.text:  # read in anew, and gone, between two pages
        if answer.status != 404:
            log.errors.append(f"{path} answered {answer.status}: {_said(answer.text)}")
        return ""
    return answer.text


def _choice(page: str, chance: random.Random) -> tuple[Form, str, dict[str, str]]:
    """What to do with a record: which form, which button of it, and what is typed."""
    own, drawn = forms(page), chance.random()
    by_button = {value: form for form in own for name, value in form.buttons if name == "beslut"}
    undo = next((form for form in own if "/angra/" in form.action), None)
    task = next(value for name, value in record_form(page).fields if name == "task")
    if drawn < 0.05 and undo is not None:
        return undo, "", {}
    if drawn < 0.15:
        return by_button["underkann"], "underkann", {"skal": "Bara ett yrkande"}
    if drawn < 0.20:
        return by_button["dela"], "dela", {"uppgifter": f"{task}\n{task} igen"}
    if drawn < 0.25 and any(name == "av" for name, _ in by_button.get("dubblett", Form("", "")).fields):
        return by_button["dubblett"], "dubblett", {}
    return record_form(page), "spara", {"task": f"{task} (rättad)"} if drawn < 0.4 else {}


def _said(page: str) -> str:
    """What a page of ours says went wrong."""
    found = re.search(r'role="alert"[^>]*>(.*?)</', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else page[:200]


def _counted(database: Path, server_log: Path, logs: list[_Log], ingests: list[str], minutes: float) -> Reviewing:
    wrong = [f"{log.name}: {error}" for log in logs for error in log.errors] + ingests
    if "Traceback" in (said := server_log.read_text()):
        wrong.append(f"the server wrote: {said[-1000:]}")
    seconds = sorted(second for log in logs for second in log.seconds) or [0.0]
    with closing(sqlite3.connect(database)) as connection:
        wrong += _lost(connection, logs)
        wrong += discrepancies(connection)
        wrong += _sums(connection)
        if connection.execute("PRAGMA foreign_key_check").fetchall() or connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            wrong.append("SQLite finds the database damaged")
        actions = dict(connection.execute("SELECT action, count(*) FROM review_change_set GROUP BY action").fetchall())
    with Store.open(database, read_only=True) as store:
        status = store.status()
    runs = len(list((database.parent / "archive").iterdir()))
    shutil.rmtree(database.parent / "archive")
    return Reviewing(
        minutes,
        len(logs),
        sum(len(log.answered) for log in logs),
        actions,
        sum(log.collisions for log in logs),
        sum(len(log.unanswered) for log in logs),
        status.documents,
        status.assignments,
        runs,
        1000 * median(seconds),
        1000 * seconds[int(0.95 * (len(seconds) - 1))],
        1000 * seconds[-1],
        wrong,
    )


def _lost(connection: sqlite3.Connection, logs: list[_Log]) -> Iterator[str]:
    """Decisions that were answered and are not there as they were made, and those that are there though nobody made them."""
    kept = {row[0]: row[1:] for row in connection.execute("SELECT id, who, action FROM review_change_set")}
    touched = set(connection.execute("SELECT change_set, record FROM review_change").fetchall())
    answered: set[int] = set()
    for log in logs:
        for number, record, button in log.answered:
            who, action = kept.get(number, (None, None))
            if who != log.name or action not in _ACTIONS[button]:
                yield f"decision {number} of {log.name} ({button}) is kept as {who} {action}"
            elif record is not None and (number, record) not in touched:
                yield f"decision {number} says nothing of its record {record}"
            if number in answered:
                yield f"decision {number} was answered twice"
            answered.add(number)
    more = Counter(kept[number][0] for number in kept if number not in answered)
    for log in logs:
        if more[log.name] > len(log.unanswered):
            yield f"{more[log.name]} decisions of {log.name} are kept that were never answered, {len(log.unanswered)} were on their way"


def _sums(connection: sqlite3.Connection) -> Iterator[str]:
    """Numbers that must be the same wherever they are said."""

    def one(sql: str) -> int:
        return int(connection.execute(sql).fetchone()[0])

    said = counts(connection)
    pairs = [
        ("waiting in the queue", said.open, one("SELECT count(*) FROM uppdrag WHERE granskad = 'nej'")),
        ("waiting, by body", one("SELECT sum(records) FROM review_waiting"), said.open),
        ("waiting, by status", sum(said.statuses.values()), said.open),
        ("decided, by person", sum(n for _, n in said.people), said.reviewed),
        (
            "decided on",
            said.reviewed,
            one(f"SELECT count(*) FROM review_state AS s WHERE s.verdict NOT IN ('open', 'merged', 'withdrawn') AND {LATEST}"),
        ),
        ("assignments of the documents", one("SELECT sum(antal_uppdrag) FROM dokument"), one("SELECT count(*) FROM uppdrag")),
        ("assignments in the coverage", one("SELECT sum(uppdrag) FROM tackning"), one("SELECT count(*) FROM uppdrag")),
        ("reviewed in the coverage", one("SELECT sum(granskade) FROM tackning"), one(f"SELECT count(*) FROM ({_DECIDED})")),
    ]
    for name, left, right in pairs:
        if left != right:
            yield f"{name}: {left} and {right}"
