"""The only writer of the thread tables: links what changed since it last ran, and makes the threads of it anew.

What a document was linked as is kept with it, so that after an ingest or a review only what changed is compared again, with whatever
shares a key with it. A link depends on its two records alone and a thread on its own links, so the result is that of linking
everything anew, which a test holds, however the documents are divided: some at a time, each part in a transaction of its own.

Records of different documents that say the same word for word (an extract, the same minutes in a summons) are *copies* of the one with the
first address. A copy is linked to that one and compared with nothing else, so that a hundred copies are a hundred links, not five thousand.
"""

# ruff: noqa: S608 - statements are put together from names of our own tables and from question marks, never from values

from __future__ import annotations

import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from extractors.threads import (
    JOINS,
    SAME_POINT,
    Decision,
    Link,
    Place,
    Record,
    compare,
    fold,
    is_copy,
    join,
    key_of_print,
    keys,
    keys_of_point,
    largest,
)
from extractors.wording import Wording
from pipeline.follow_up.history import EVENT, THREAD, rows_of
from pipeline.turns import turn
from rules.ruleset import load_rules

_CHUNK = 400
_AT_ONCE = 64  # documents of the first transaction; then as many as a second is enough for
_KEPT = 60_000  # records kept in memory from one part of a run to the next
_LINKING = "3"  # other keys or blocks than before: what was linked by others is linked anew
_LINKED_BY = "linking"  # the row of thread_document that says by which
_DECISIONS = ""  # the row of thread_document that says up to which decision of people was linked

_THREADS = "SELECT thread FROM thread_record WHERE address IN ({}) AND thread IS NOT NULL"
_MARKS = (
    "SELECT d.id, d.sha256, d.fingerprint || '|' || d.reading_status || '|' || d.pages || '|' || d.assignments || '|' || coalesce("
    "(SELECT max(s.id) FROM review_state AS s WHERE s.document = d.sha256), 0) AS mark FROM document AS d"
)

_MENTIONS = (
    "SELECT a.address, a.document, a.number, a.status, a.text, a.task, a.page, a.start, a.stop, a.boxes, a.paragraph_label,"
    " a.assigner_names, a.assignee_names, a.report_to_names, a.deadline_first, a.deadline_last, a.deadline_raw, a.diary_number,"
    " a.source_body, a.source_date, a.source_paragraph, a.source_diary_number, a.source_point, a.done, a.duplicate_of, a.granskad,"
    " d.sha256, d.body, d.organisation, d.meeting_from, p.point AS point, o.number AS extracted"
    " FROM current_assignment AS a JOIN document AS d ON d.id = a.document LEFT JOIN assignment AS o ON o.address = a.address"
    " LEFT JOIN decision_point AS p ON p.document = o.document AND p.assignment = o.number WHERE a.act = 'assignment'"
)

_REPORTS = (
    "SELECT r.*, d.sha256, d.organisation, d.meeting_from, d.body AS document_body FROM report AS r JOIN document AS d ON d.id = r.document"
)


@dataclass(frozen=True)
class Relinked:
    """What a run did: documents that had changed, records compared anew, threads made anew, and how many there are."""

    documents: int
    records: int
    made: int
    threads: int
    doubtful: int


def update(connection: sqlite3.Connection, *, everything: bool = False, after: Linker | None = None) -> Relinked:
    """Brings the threads up to date with documents, reviews and decisions on links. Nothing is written where nothing changed.

    ``everything`` forgets what was linked and links all of it. ``after`` is who linked as documents came, with what it has read. Raises
    sqlite3.Error where the database cannot be written; what was not linked by then is the next time.
    """
    if connection.in_transaction:
        linking = _Linking(connection)
        if everything:
            linking.forget_everything()
        return _report(connection, linking.run(_Changes.seen(connection)))
    if everything:
        with _transaction(connection):
            _Linking(connection).forget_everything()
    elif _linked_otherwise(connection):
        return update(connection, everything=True)
    seen = _Changes.seen(connection)
    if seen.none:
        return _report(connection, _Done())
    # NOTE: some documents at a time, about a second's worth, with a pause between: linked in one go, those that an ingest had loaded
    # kept every reviewer's decision waiting for up to a minute. The threads last, since what comes later often joins what came before.
    linking = after.linking if after is not None and not everything else _Linking(connection)
    left, total = [*seen.gone, *_by_organisation(connection, seen.changed)], _Done()
    pace = _Pace(_AT_ONCE)
    while True:
        now, left = left[: pace.some], left[pace.some :]
        with pace, _transaction(connection):
            total += linking.put_off(_Changes.seen(connection, now))
        if not left:
            break
    pace = _Pace(_CHUNK)
    while True:
        with pace, _transaction(connection):
            done = linking.catch_up(pace.some)
        if done is None:
            connection.execute("INSERT OR REPLACE INTO thread_document (sha256, mark) VALUES (?, ?)", (_LINKED_BY, _LINKING))
            return _report(connection, total)
        total += done


def _by_organisation(connection: sqlite3.Connection, documents: Sequence[str]) -> list[str]:
    """Documents in their order, those of one organisation after another. NOTE: no link crosses organisations, so what the next are compared
    with is still in memory; of a million assignments of fifty organisations in turn, nearly all had to be read again."""
    organisation = dict(connection.execute("SELECT sha256, coalesce(organisation, '') FROM document"))
    return sorted(documents, key=lambda sha256: organisation.get(sha256, ""))


def _linked_otherwise(connection: sqlite3.Connection) -> bool:
    """Whether there are threads that another version of this module made."""
    by = connection.execute("SELECT mark FROM thread_document WHERE sha256 = ?", (_LINKED_BY,)).fetchone()
    return (by is None or by[0] != _LINKING) and connection.execute("SELECT 1 FROM thread LIMIT 1").fetchone() is not None


class _Pace:
    """How much to do in a transaction so that it takes about a third of a second: a reviewer's decision waits for it."""

    def __init__(self, some: int) -> None:
        self.some = some
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        spent = time.monotonic() - self._began
        if spent > 0.5:
            self.some = max(1, self.some // 2)
        elif spent < 0.2:
            self.some *= 2


class Linker:
    """Links documents as they come, for an ingest that goes on; their threads are left to :func:`update`, after which a new one begins.

    It keeps what it has read, so nothing else may link over the same connection meanwhile.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.linking = _Linking(connection)

    def link(self, documents: Sequence[str]) -> None:
        """Links some documents, by sha256, in one transaction."""
        with _transaction(self._connection):
            self.linking.put_off(_Changes.seen(self._connection, documents))


def update_decided(connection: sqlite3.Connection, document: str | None = None, records: Iterable[str] = ()) -> None:
    """The same after one decision of a person, without looking at the whole archive: on links, or on ``records`` of a ``document``.

    Runs in the caller's transaction where there is one.
    """
    with _transaction(connection):
        seen = _Changes.seen(connection, [document] if document is not None else [])
        _Linking(connection, only=frozenset(records)).run(seen)


@dataclass(frozen=True)
class _Changes:
    """What is other than when it was linked: marks of all documents, those to link, those gone, records people have decided on, and
    whether records are linked whose threads are still as they were."""

    marks: dict[str, tuple[int, str]]
    changed: list[str]
    gone: list[str]
    people: set[str]
    decided: str
    stale: bool

    @property
    def none(self) -> bool:
        return not (self.changed or self.gone or self.people or self.stale)

    @classmethod
    def seen(cls, connection: sqlite3.Connection, documents: Sequence[str] | None = None) -> _Changes:
        """Of all documents, or of these."""
        among = "" if documents is None else f" WHERE sha256 IN ({', '.join('?' * (len(documents) + 1))})"
        values = [] if documents is None else [*documents, _DECISIONS]
        marks = {sha256: (number, mark) for number, sha256, mark in connection.execute(_MARKS + among, values)}
        before = dict(connection.execute(f"SELECT sha256, mark FROM thread_document{among}", values).fetchall())
        decided = str(connection.execute("SELECT coalesce(max(id), 0) FROM link_decision").fetchone()[0])
        rows = connection.execute("SELECT record, other FROM link_decision WHERE id > ?", (int(before.get(_DECISIONS, "0")),)).fetchall()
        return cls(
            marks,
            sorted((sha256 for sha256, (_, mark) in marks.items() if before.get(sha256) != mark), key=lambda sha256: marks[sha256][0]),
            [sha256 for sha256 in before if sha256 not in (_DECISIONS, _LINKED_BY) and sha256 not in marks],
            {address for row in rows for address in row},
            decided,
            connection.execute("SELECT 1 FROM thread_stale LIMIT 1").fetchone() is not None,
        )


@dataclass(frozen=True)
class _Done:
    """What a part of a run did, as in :class:`Relinked`."""

    documents: int = 0
    records: int = 0
    made: int = 0

    def __add__(self, other: _Done) -> _Done:
        return _Done(self.documents + other.documents, self.records + other.records, self.made + other.made)


def _report(connection: sqlite3.Connection, done: _Done) -> Relinked:
    threads = connection.execute("SELECT count(*) FROM thread").fetchone()[0]
    doubtful = connection.execute("SELECT count(*) FROM thread_link WHERE standing = 'doubtful'").fetchone()[0]
    return Relinked(done.documents, done.records, done.made, threads, doubtful)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One of our own, or a part of the caller's."""
    if connection.in_transaction:
        yield
        return
    with turn(connection):
        yield


class _Linking:
    """Links what changed, in the caller's transaction. What it has read of records it keeps from one run to the next, as long as nobody
    else writes in between."""

    def __init__(self, connection: sqlite3.Connection, only: frozenset[str] | None = None) -> None:
        self.connection = connection
        self.only = only  # records that a person decided on: the others of their document are as they were
        self.wording = Wording.of(load_rules(prove=False))
        self.loaded: dict[int, Record] = {}
        self.known: dict[str, Record] = {}  # the same by address
        self.number: dict[str, int] = {}
        self.keys: dict[int, frozenset[int]] = {}
        self.printed: dict[int, int | None] = {}  # the key of what each says; None where its document says it twice
        self.copy_of: dict[int, int | None] = {}
        self.version = -1

    # ---------------------------------------------------------------------------------------------------- what changed

    def forget_everything(self) -> None:
        for table in ("thread_event", "thread", "thread_link", "thread_key", "thread_record", "thread_document", "thread_stale"):
            self.connection.execute(f"DELETE FROM {table}")

    def run(self, seen: _Changes) -> _Done:
        """Links what changed and makes the threads of it."""
        touched, done = self._changed(seen)
        return done + _Done(made=self._rebuild(touched))

    def put_off(self, seen: _Changes) -> _Done:
        """Links what changed; notes whose threads are to be made."""
        touched, done = self._changed(seen)
        self.connection.executemany("INSERT OR IGNORE INTO thread_stale (record) VALUES (?)", [(number,) for number in sorted(touched)])
        return done

    def catch_up(self, some: int) -> _Done | None:
        """Makes the threads of so many records that were put off; None where there were none."""
        numbers = {row[0] for row in self.connection.execute("SELECT record FROM thread_stale ORDER BY record LIMIT ?", (some,))}
        if not numbers:
            return None
        self._look_again()
        made = self._rebuild(numbers - self._missing(numbers))
        self._each("DELETE FROM thread_stale WHERE record IN ({})", sorted(numbers))
        return _Done(made=made)

    def _changed(self, seen: _Changes) -> tuple[set[int], _Done]:
        """Links what changed; returns the records whose threads are to be made."""
        self._look_again()
        numbers = {sha256: seen.marks[sha256][0] for sha256 in seen.changed}
        touched, compared, copies = self._take(seen.changed, seen.gone, numbers)
        touched |= self._ids(seen.people)
        self._link(compared, touched)
        self._link_copies(copies)
        self.connection.executemany("DELETE FROM thread_document WHERE sha256 = ?", [(sha256,) for sha256 in seen.gone])
        self.connection.executemany(
            "INSERT OR REPLACE INTO thread_document (sha256, mark) VALUES (?, ?)",
            [*((sha256, seen.marks[sha256][1]) for sha256 in seen.changed), (_DECISIONS, seen.decided)],
        )
        return touched, _Done(len(seen.changed) + len(seen.gone), len(compared))

    def _look_again(self) -> None:
        """Forgets what was read where another connection has written since."""
        version = self.connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self.version:
            self._forget_kept()
            self.version = version
        self._make_room()

    # ------------------------------------------------------------------------------------------------- records and keys

    def _take(
        self, changed: Sequence[str], gone: Sequence[str], numbers: dict[str, int]
    ) -> tuple[set[int], set[int], list[tuple[int, int]]]:
        """Puts the records of changed documents in and takes those out that are no more. Returns whose threads have to be made anew,
        which records have to be compared, and copies to link, each with what it is a copy of."""
        touched: set[int] = set()
        compared: set[int] = set()
        printed: set[int] = set()  # what is said by one record more or less than before
        left: dict[int, int] = {}  # what was said by records that are taken out
        sizes: dict[int, int] = defaultdict(int)  # by how much each key's block grew
        # Numbered above all that are there now, so that no new record is given the number of one that comes back.
        place = {sha256: n for n, sha256 in enumerate(changed)}
        free = 1 + int(self.connection.execute("SELECT coalesce(max(id), 0) FROM thread_record").fetchone()[0])
        for some in _chunks([*changed, *gone]):
            old = {
                address: (number, mark)
                for number, address, mark in self._all("SELECT id, address, mark FROM thread_record WHERE document IN ({})", some)
            }
            new = self._read([numbers[sha256] for sha256 in some if sha256 in numbers])
            twice = _said_twice(new.values())
            marks = {address: _packed(record, address in twice) for address, record in new.items()}
            out = [number for address, (number, mark) in old.items() if marks.get(address) != mark]
            self._load(out)
            left.update((number, key) for number in out if (key := self.printed[number]) is not None)
            touched |= self._forget(out, sizes)
            records, own = [], []
            # Numbered document by document, so that how many come at a time changes nothing.
            for address, record in sorted(new.items(), key=lambda item: (place[item[1].document], item[1].kind, item[1].order, item[0])):
                number, mark = old.get(address, (0, ""))
                if mark == marks[address]:
                    if self.only is None or address in self.only:
                        touched.add(number)  # its words may be other, though what links it is the same
                    continue
                if not number:
                    number, free = free, free + 1
                records.append((number, address, record.kind, record.document, marks[address]))
                self._keep(number, record, twice=address in twice, copy_of=None)
                own += [(key, number) for key in keys_of_point(record)]
                if (same := self.printed[number]) is not None:
                    own.append((same, number))
                    printed.add(same)
                compared.add(number)
            self.connection.executemany(
                "INSERT INTO thread_record (id, address, kind, document, thread, mark) VALUES (?, ?, ?, ?, NULL, ?)", records
            )
            self._put_keys(own, sizes)
        copies, first = self._choose(printed, compared, left, sizes, touched)
        # Under what others are compared by only now that is known which are copies: most, where minutes come with their extracts.
        self._put_keys(
            [(key, n) for n in compared if self.copy_of[n] is None for key in self._keys(n) - keys_of_point(self.loaded[n])], sizes
        )
        compared |= first | self._resized(sizes, touched)
        touched |= compared
        return touched - self._missing(touched), compared, copies

    def _choose(
        self, printed: set[int], fresh: set[int], left: Mapping[int, int], sizes: dict[int, int], touched: set[int]
    ) -> tuple[list[tuple[int, int]], set[int]]:
        """Has the record with the first address stand for all that say the same. Returns the copies whose link is to be made, each with
        what it is a copy of, and the records that are copies no longer. ``fresh``: records put in now, as copies of none and so far only
        under their points and what they say; ``left``: what was said by those taken out, with their links."""
        found = self._that_say(printed, " AND r.copy_of IS NULL")  # NOTE: of a hundred copies one, and those put in now
        others = set(left.values()) | {
            key for key, members in found.items() if members[0][1] in fresh and any(number not in fresh for _, number, _ in members)
        }
        found |= self._that_say(others)
        became: list[tuple[int, int | None, int | None]] = []  # record, what it was a copy of, what it is one of now
        for members in found.values():
            first: int | None = members[0][1]
            if len(members) > 1:
                self._load([members[0][1], members[1][1]])
                if not is_copy(self.loaded[members[0][1]], self.loaded[members[1][1]], self.wording):
                    first = None
            for _, number, was in members:
                now = None if number == first else first
                if was != now or was in left:
                    became.append((number, was, now))
        self._load([number for number, _, _ in became])
        touched |= self._cut_off([number for number, _, _ in became])
        gained: list[tuple[int, int]] = []
        given_up: list[tuple[int, int]] = []
        for number, was, now in became:
            self.copy_of[number] = now
            if (was is None or now is None) and number not in fresh:
                own = self._keys(number) - keys_of_point(self.loaded[number])
                (gained if now is None else given_up).extend((key, number) for key in own)
        for key, _ in given_up:
            sizes[key] -= 1
        self.connection.executemany("DELETE FROM thread_key WHERE key = ? AND record = ?", sorted(given_up))
        self._put_keys(gained, sizes)
        self.connection.executemany("UPDATE thread_record SET copy_of = ? WHERE id = ?", [(now, number) for number, _, now in became])
        touched |= {number for number, _, _ in became}
        copies = [(number, now) for number, _, now in became if now is not None]
        return copies, {number for number, _, now in became if now is None}

    def _put_keys(self, own: Sequence[tuple[int, int]], sizes: dict[int, int]) -> None:
        """Puts records, each with a key, under these."""
        for key, _ in own:
            sizes[key] += 1
        self.connection.executemany("INSERT INTO thread_key (key, record) VALUES (?, ?)", sorted(own))

    def _that_say(self, printed: Iterable[int], which: str = "") -> dict[int, list[tuple[str, int, int | None]]]:
        """Address, number and what it is a copy of, in order, of the records that say each of these."""
        found: dict[int, list[tuple[str, int, int | None]]] = defaultdict(list)
        sql = (
            "SELECT k.key, r.address, r.id, r.copy_of FROM thread_key AS k JOIN thread_record AS r ON r.id = k.record"
            f" WHERE k.key IN ({{}}){which}"
        )
        for key, address, number, copy_of in self._all(sql, sorted(printed)):
            found[key].append((address, number, copy_of))
        for members in found.values():
            members.sort()
        return found

    def _cut_off(self, numbers: Sequence[int]) -> set[int]:
        """Takes the links of these out, those to the same point in the same document aside; returns the records at the other ends."""
        touched: set[int] = set()
        for some in _chunks(numbers):
            addresses = [self.loaded[number].address for number in some]
            for mine, theirs in (("record", "other"), ("other", "record")):
                where = f"FROM thread_link WHERE rule <> '{SAME_POINT}' AND {mine} IN ({{}})"
                touched |= self._ids({row[0] for row in self._all(f"SELECT {theirs} {where}", addresses)})
                self._each(f"DELETE {where}", addresses)
        return touched

    def _missing(self, numbers: set[int]) -> set[int]:
        there = {row[0] for row in self._all("SELECT id FROM thread_record WHERE id IN ({})", sorted(numbers))}
        return numbers - there

    def _forget(self, numbers: Sequence[int], sizes: dict[int, int]) -> set[int]:
        """Takes records out with their keys and links; returns those at the other ends, and those that shared their threads."""
        touched: set[int] = set()
        self._load(numbers)
        for some in _chunks(numbers):
            addresses = [self.loaded[number].address for number in some]
            threads = {row[0] for row in self._all("SELECT thread FROM thread_record WHERE id IN ({}) AND thread IS NOT NULL", some)}
            touched |= {row[0] for row in self._all("SELECT id FROM thread_record WHERE thread IN ({})", sorted(threads))}
            for mine, theirs in (("record", "other"), ("other", "record")):
                ends = {row[0] for row in self._all(f"SELECT {theirs} FROM thread_link WHERE {mine} IN ({{}})", addresses)}
                touched |= self._ids(ends)
                self._each(f"DELETE FROM thread_link WHERE {mine} IN ({{}})", addresses)
            self._drop(sorted(threads))
            self._each("UPDATE thread_record SET thread = NULL WHERE thread IN ({})", sorted(threads))
            own = [(key, number) for number in some for key in self._used(number)]
            for key, _ in own:
                sizes[key] -= 1
            self.connection.executemany("DELETE FROM thread_key WHERE key = ? AND record = ?", sorted(own))
            self._each("DELETE FROM thread_record WHERE id IN ({})", some)
            for number in some:
                self._let_go(number)
        return touched - set(numbers)

    def _drop(self, threads: Sequence[str]) -> None:
        self._each("DELETE FROM thread_event WHERE thread IN ({})", threads)  # also where foreign keys are not looked after
        self._each("DELETE FROM thread WHERE id IN ({})", threads)

    def _resized(self, sizes: dict[int, int], touched: set[int]) -> set[int]:
        """What blocks that changed their use did: the links that hung on one that grew too large go; the records of one that is small
        enough again are returned, to be compared anew."""
        changed = {key: grown for key, grown in sizes.items() if grown and key >= 0}
        now = self._sizes(changed, 1 + max((abs(grown) for grown in changed.values()), default=0))
        again: set[int] = set()
        lost: list[int] = []
        for key, grown in changed.items():
            size, most = now[key], largest(key)
            if size > most >= size - grown > 0:
                lost.append(key)
            elif size - grown > most >= size:
                again |= {row[0] for row in self.connection.execute("SELECT record FROM thread_key WHERE key = ?", (key,))}
        if lost:
            touched |= self._prune(lost)
        return again

    def _prune(self, lost: Sequence[int]) -> set[int]:
        """Takes out the links of records that shared these keys and share none that is used now; returns the records at their ends."""
        members = sorted({row[0] for row in self._all("SELECT record FROM thread_key WHERE key IN ({})", lost)})
        self._load(members)
        inside = {self.loaded[number].address for number in members}
        pairs = []
        for record, other in self._all("SELECT record, other FROM thread_link WHERE record IN ({})", sorted(inside)):
            if other in inside:
                pairs.append((record, other, self._used(self.number[record]) & self._used(self.number[other])))
        usable = self._usable({key for _, _, shared in pairs for key in shared})
        cut = [(record, other) for record, other, shared in pairs if not shared & usable]
        self.connection.executemany("DELETE FROM thread_link WHERE record = ? AND other = ?", cut)
        return {self.number[end] for pair in cut for end in pair}

    def _sizes(self, keys: Iterable[int], beyond: int = 1) -> dict[int, int]:
        """How many records have each key, counted no further than ``beyond`` past where a block is too large."""
        most = largest(0) + largest(1) + beyond
        count = f"(SELECT count(*) FROM (SELECT 1 FROM thread_key AS k WHERE k.key = asked.column1 LIMIT {most}))"
        found: dict[int, int] = {}
        for some in _chunks(sorted(keys)):
            sql = f"SELECT column1, {count} FROM (VALUES {', '.join(['(?)'] * len(some))}) AS asked"
            found.update(self.connection.execute(sql, list(some)).fetchall())
        return found

    def _usable(self, keys: Iterable[int]) -> set[int]:
        """Those of these keys that more than one record has, and not too many."""
        return {key for key, size in self._sizes(key for key in keys if key >= 0).items() if 1 < size <= largest(key)}

    # ------------------------------------------------------------------------------------------------------------ links

    def _link(self, compared: set[int], touched: set[int]) -> None:
        """Compares each of these with all that share a key with it, and writes the links."""
        for some in _chunks(sorted(compared)):
            self._load(some)
            usable = self._usable({key for number in some for key in self._used(number)})
            members: dict[int, list[int]] = defaultdict(list)
            for key, number in self._all("SELECT key, record FROM thread_key WHERE key IN ({})", sorted(usable)):
                members[key].append(number)
            found: list[Link] = []
            for number in some:
                candidates = {other for key in self._used(number) & usable for other in members[key]}
                against = sorted(other for other in candidates if other > number or (other not in compared and other != number))
                self._load(against)
                mine = self.loaded[number]
                found += [link for other in against if (link := compare(mine, self.loaded[other], self.wording)) is not None]
            self._write_links(found)
            touched |= {self.number[end] for link in found for end in (link.record, link.other)}
            self._make_room()

    def _link_copies(self, copies: Sequence[tuple[int, int]]) -> None:
        for some in _chunks(copies):
            self._make_room()
            self._load(sorted({number for pair in some for number in pair}))
            found = [compare(self.loaded[copy], self.loaded[first], self.wording) for copy, first in some]
            self._write_links([link for link in found if link is not None])

    def _write_links(self, links: Sequence[Link]) -> None:
        records = sorted({link.record for link in links})
        places = {
            address: place
            for table in ("assignment", "report")
            for address, *place in self._all(f"SELECT address, page, start, stop FROM {table} WHERE address IN ({{}})", records)
        }
        self.connection.executemany(
            "INSERT OR REPLACE INTO thread_link (record, other, rule, evidence, confidence, standing, thread, document, page, start, stop)"
            " VALUES (?, ?, ?, ?, ?, 'doubtful', NULL, ?, coalesce(?, 1), ?, ?)",
            [
                (e.record, e.other, e.rule, e.evidence, e.confidence, self.known[e.record].document, *places.get(e.record, (None,) * 3))
                for e in links
            ],
        )

    # ---------------------------------------------------------------------------------------------------------- threads

    def _rebuild(self, touched: set[int]) -> int:
        """Makes the threads of all that hangs together with these anew; returns how many."""
        made = 0
        batch: list[set[int]] = []
        size = 0
        components = self._components(touched)
        self._each("DELETE FROM thread_stale WHERE record IN ({})", sorted(number for component in components for number in component))
        for component in components:
            batch.append(component)
            size += len(component)
            if size >= _CHUNK:
                made += self._make(batch)
                batch, size = [], 0
        return made + self._make(batch)

    def _components(self, touched: set[int]) -> list[set[int]]:
        """All records that sure links, people's word or an earlier thread connect with these, as they hang together."""
        of: dict[int, set[int]] = {number: {number} for number in touched}
        new = sorted(touched)
        while new:
            near: list[tuple[int, int]] = []
            threads: dict[str, int] = {}
            addresses = {}
            for number, address, thread in self._all("SELECT id, address, thread FROM thread_record WHERE id IN ({})", new):
                addresses[address] = number
                if thread is not None:
                    near.append((number, threads.setdefault(thread, number)))
            far: list[tuple[int, str]] = []
            for mine, theirs in (("record", "other"), ("other", "record")):
                for select in (
                    f"SELECT {mine}, {theirs} FROM thread_link WHERE confidence >= {JOINS} AND {mine} IN ({{}})",
                    f"SELECT {mine}, {theirs} FROM link_decision WHERE action IN ('confirm', 'make') AND {mine} IN ({{}})",
                ):
                    far += [(addresses[address], other) for address, other in self._all(select, sorted(addresses))]
            ids = self._numbers({other for _, other in far})
            near += [(number, ids[other]) for number, other in far if other in ids]
            near += [
                (threads[thread], number)
                for number, thread in self._all("SELECT id, thread FROM thread_record WHERE thread IN ({})", sorted(threads))
            ]
            new = sorted({number for pair in near for number in pair} - set(of))
            for number in new:
                of[number] = {number}
            for one, other in near:
                large, small = of[one], of[other]
                if large is not small:
                    if len(large) < len(small):
                        large, small = small, large
                    large |= small
                    for number in small:
                        of[number] = large
        return sorted({id(component): component for component in of.values()}.values(), key=min)

    def _make(self, components: Sequence[set[int]]) -> int:
        numbers = sorted(number for component in components for number in component)
        if not numbers:
            return 0
        self._make_room()
        self._load(numbers)
        addresses = [self.loaded[number].address for number in numbers]
        was = dict(self._all("SELECT address, thread FROM thread_record WHERE id IN ({})", numbers))
        old = sorted({thread for thread in was.values() if thread is not None})
        self._drop(old)
        kept = self._ends("SELECT record, other, rule, evidence, confidence, standing, thread FROM thread_link", addresses)
        links = [Link(*row[:5]) for row in kept]
        decisions = [Decision(*row) for row in self._ends("SELECT record, other, action FROM current_link_decision", addresses)]
        by_hand = self._by_hand(decisions, links)
        found = join([self.loaded[number] for number in numbers], [*links, *by_hand], decisions)
        self._write_links(by_hand)
        mentions, reports = self._facts(addresses)
        thread_of = {record.address: thread.id for thread in found.threads for record in thread.records}
        cut = {frozenset((d.record, d.other)) for d in decisions if d.action == "cut"}
        standing = {(e.record, e.other): _standing(e, found.standings, cut) for e in [*links, *by_hand]}
        doubtful: dict[str, int] = defaultdict(int)
        for (record, other), one in standing.items():
            if one == "doubtful":
                for end in {thread_of.get(record), thread_of.get(other)} - {None}:
                    doubtful[str(end)] += 1
        threads, events = [], []
        for thread in found.threads:
            row, own = rows_of(thread, mentions, reports, doubtful[thread.id])
            threads.append(row)
            events += own
        self._insert("thread", THREAD, threads)
        self._insert("thread_event", EVENT, events)
        self.connection.executemany(
            "UPDATE thread_record SET thread = ? WHERE address = ?",
            [(thread_of.get(address), address) for address, thread in was.items() if thread != thread_of.get(address)],
        )
        before = {(row[0], row[1]): row[5:] for row in kept}
        now = {pair: (one, thread_of.get(pair[0]) if one in ("joined", "confirmed", "made") else None) for pair, one in standing.items()}
        self.connection.executemany(
            "UPDATE thread_link SET standing = ?, thread = ? WHERE record = ? AND other = ?",
            [(*one, *pair) for pair, one in now.items() if before.get(pair) != one],
        )
        changed = {end for pair, (one, _) in now.items() if before.get(pair, ("doubtful",))[0] != one for end in pair}
        self._recount({thread for (thread,) in self._all(_THREADS, sorted(changed - set(addresses)))})
        return len(threads)

    def _recount(self, threads: set[str]) -> None:
        """Counts the doubtful links of threads that are not made anew. NOTE: only where a link stands otherwise than before: a link that
        came or went has had the threads at both its ends made anew (:meth:`_link`, :meth:`_forget`, :meth:`_prune`)."""
        self.connection.executemany(
            "UPDATE thread SET doubtful = (SELECT count(*) FROM (SELECT l.record, l.other FROM thread_record AS m JOIN thread_link AS l"
            " ON l.record = m.address WHERE m.thread = thread.id AND l.standing = 'doubtful' UNION SELECT l.record, l.other FROM"
            " thread_record AS m JOIN thread_link AS l ON l.other = m.address WHERE m.thread = thread.id AND l.standing = 'doubtful'))"
            " WHERE id = ?",
            [(thread,) for thread in sorted(threads)],
        )

    def _by_hand(self, decisions: Sequence[Decision], links: Sequence[Link]) -> list[Link]:
        """Links that a person made where we saw none."""
        there = {frozenset((e.record, e.other)) for e in links}
        made = [d for d in decisions if d.action == "make" and frozenset((d.record, d.other)) not in there]
        return [
            Link(d.record, d.other, "link.by_hand", "länkad för hand", 1.0)
            for d in made
            if d.record in self.known and d.other in self.known
        ]

    # ------------------------------------------------------------------------------------------------------------ rows

    def _read(self, documents: Sequence[int]) -> dict[str, Record]:
        """The records of some documents by address, as they are now."""
        found: dict[str, Record] = {}
        earliest = self._earliest(documents)
        for m in self._named(f"{_MENTIONS} AND a.document IN ({{}})", documents):
            found[m["address"]] = _mention(m, earliest.get(m["document"]))
        for r in self._named(f"{_REPORTS} WHERE r.assignment IS NULL AND r.document IN ({{}})", documents):
            found[r["address"]] = _alone(r, earliest.get(r["document"]))
        return found

    def _earliest(self, documents: Sequence[int]) -> dict[int, str]:
        """Before which day an undated document cannot have been written: that of the latest § it cites, or of the latest assignment it
        retells."""
        cited = self._all(
            "SELECT r.document, max(t.last) FROM document AS d JOIN reference AS r ON r.document = d.id JOIN date_mention AS t"
            " ON t.document = r.document AND t.start < r.stop AND r.start < t.stop WHERE d.id IN ({}) AND d.meeting_from IS NULL"
            " AND r.kind = 'paragraph' AND t.precision = 'day' AND t.last IS NOT NULL GROUP BY r.document",
            documents,
        )
        retold = self._all(
            "SELECT d.id, max(a.source_date) FROM document AS d JOIN assignment AS a ON a.document = d.id WHERE d.id IN ({})"
            " AND d.meeting_from IS NULL AND a.source_date IS NOT NULL GROUP BY d.id",
            documents,
        )
        found: dict[int, str] = {}
        for document, day in [*cited, *retold]:
            found[document] = max(day, found.get(document, day))
        return found

    def _facts(self, addresses: Sequence[str]) -> tuple[dict[str, dict[str, Any]], dict[str, list[dict[str, Any]]]]:
        """Current values of records by address, and the reports that belong to an assignment, by its address."""
        mentions = {m["address"]: m for m in self._named(f"{_MENTIONS} AND a.address IN ({{}})", addresses)}
        alone = {r["address"]: r for r in self._named(f"{_REPORTS} WHERE r.address IN ({{}})", addresses)}
        documents = sorted({m["document"] for m in [*mentions.values(), *alone.values()]})
        earliest = self._earliest(documents)
        number = {(m["document"], m["extracted"]): m["address"] for m in mentions.values() if m["extracted"] is not None}
        reports: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for r in self._named(f"{_REPORTS} WHERE r.assignment IS NOT NULL AND r.document IN ({{}})", documents):
            if (r["document"], r["assignment"]) in number:
                reports[number[r["document"], r["assignment"]]].append(r)
        for row in [*mentions.values(), *alone.values()]:
            row["day"] = row["meeting_from"] or earliest.get(row["document"])
            row["day_basis"] = "meeting" if row["meeting_from"] else "earliest" if row["day"] else "unknown"
        return mentions | alone, reports

    def _load(self, numbers: Iterable[int]) -> None:
        wanted = [number for number in numbers if number not in self.loaded]
        for number, mark, copy_of in self._all("SELECT id, mark, copy_of FROM thread_record WHERE id IN ({})", wanted):
            record, twice = _unpacked(mark)
            self._keep(number, record, twice=twice, copy_of=copy_of)

    def _keep(self, number: int, record: Record, *, twice: bool, copy_of: int | None) -> None:
        self.loaded[number] = self.known[record.address] = record
        self.number[record.address] = number
        self.printed[number] = None if twice else key_of_print(record)
        self.copy_of[number] = copy_of

    def _keys(self, number: int) -> frozenset[int]:
        """The keys of a record that is loaded."""
        if number not in self.keys:
            self.keys[number] = keys(self.loaded[number], self.wording)
        return self.keys[number]

    def _used(self, number: int) -> frozenset[int]:
        """Those it stands under in the database: a copy under its own point and what it says, not under what others are compared by."""
        own = self._keys(number) if self.copy_of[number] is None else keys_of_point(self.loaded[number])
        printed = self.printed[number]
        return own if printed is None else own | {printed}

    def _make_room(self) -> None:
        """Forgets the half that was read first where there is too much."""
        if len(self.loaded) > _KEPT:
            for number in list(self.loaded)[: _KEPT // 2]:
                self._let_go(number)

    def _forget_kept(self) -> None:
        for kept in (self.loaded, self.known, self.number, self.keys, self.printed, self.copy_of):
            kept.clear()

    def _let_go(self, number: int) -> None:
        record = self.loaded.pop(number)
        for kept in (self.keys, self.printed, self.copy_of):
            kept.pop(number, None)
        del self.known[record.address], self.number[record.address]

    def _ids(self, addresses: Iterable[str]) -> set[int]:
        return set(self._numbers(addresses).values())

    def _numbers(self, addresses: Iterable[str]) -> dict[str, int]:
        found, asked = {}, []
        for address in addresses:
            if address in self.number:
                found[address] = self.number[address]
            else:
                asked.append(address)
        found.update(self._all("SELECT address, id FROM thread_record WHERE address IN ({})", asked))
        return found

    def _ends(self, select: str, addresses: Sequence[str]) -> list[tuple[Any, ...]]:
        found = {tuple(row) for end in ("record", "other") for row in self._all(f"{select} WHERE {end} IN ({{}})", addresses)}
        return sorted(found)

    def _insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self.connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)

    def _all(self, sql: str, values: Sequence[Any]) -> Iterator[Any]:
        """The rows, of whatever kind the connection makes."""
        for some in _chunks(values):
            yield from self.connection.execute(sql.format(", ".join("?" * len(some))), list(some)).fetchall()

    def _each(self, sql: str, values: Sequence[Any]) -> None:
        for some in _chunks(values):
            self.connection.execute(sql.format(", ".join("?" * len(some))), list(some))

    def _named(self, sql: str, values: Sequence[Any]) -> Iterator[dict[str, Any]]:
        for some in _chunks(values):
            cursor = self.connection.execute(sql.format(", ".join("?" * len(some))), list(some))
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield dict(zip(names, tuple(row), strict=True))


def _standing(link: Link, standings: Mapping[tuple[str, str], str], cut: set[frozenset[str]]) -> str:
    """How a link stands: one whose other end is in a thread that nothing sure ties to this one waits for a person, or was cut by one."""
    if frozenset((link.record, link.other)) in cut:
        return "cut"
    pair = (link.record, link.other) if link.record < link.other else (link.other, link.record)
    return standings.get(pair, "doubtful")


def _mention(m: dict[str, Any], earliest: str | None) -> Record:
    assigners, assignees = _names(m["assigner_names"]), _names(m["assignee_names"])
    day = _day(m["meeting_from"] or earliest)
    place = Place()
    if m["status"] == "decided":
        place = Place(_day(m["meeting_from"]), m["paragraph_label"], m["point"])
    elif m["status"] == "cited":
        place = Place(_day(m["source_date"]), m["source_paragraph"], m["source_point"])
    diaries = frozenset(fold(n) for n in (m["diary_number"], m["source_diary_number"]) if n)
    order = m["start"] or 0
    return Record(
        m["address"], "assignment", m["sha256"], order, m["organisation"], m["status"], m["task"], assigners, assignees, place, day,
        diaries, _day(m["deadline_last"]), m["duplicate_of"],
    )  # fmt: skip


def _alone(r: dict[str, Any], earliest: str | None) -> Record:
    day = _day(r["date"] or r["meeting_from"] or earliest)
    place = Place(_day(r["source_date"]), r["source_paragraph"], r["source_point"])
    diaries = frozenset(fold(n) for n in (r["diary_number"],) if n)
    givers = _names(r["source_body"])
    return Record(
        r["address"], "report", r["sha256"], r["start"], r["organisation"], r["status"], r["subject"] or r["text"], givers, frozenset(),
        place, day, diaries, None,
    )  # fmt: skip


def _names(names: str | None) -> frozenset[str]:
    return frozenset(fold(name) for name in (names or "").split("; ") if name.strip())


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _said_twice(records: Iterable[Record]) -> set[str]:
    """The addresses of records that say what another one in their own document says."""
    said: dict[tuple[str, int], list[str]] = defaultdict(list)
    for record in records:
        said[record.document, key_of_print(record)].append(record.address)
    return {address for addresses in said.values() if len(addresses) > 1 for address in addresses}


def _packed(r: Record, twice: bool) -> str:
    """A record as text: what linking reads, and nothing else; and whether its document says the same twice."""
    days = [None if day is None else day.isoformat() for day in (r.place.day, r.day, r.deadline)]
    return json.dumps(
        [
            r.address, r.kind, r.document, r.order, r.organisation, r.status, r.words, sorted(r.assigners), sorted(r.assignees), days,
            r.place.paragraph, r.place.point, sorted(r.diaries), r.duplicate_of, twice,
        ],
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip


def _unpacked(mark: str) -> tuple[Record, bool]:
    said = json.loads(mark)
    address, kind, document, order, organisation, status, words, givers, takers, days, paragraph, point, diaries, duplicate = said[:14]
    twice = said[14:] == [True]  # an earlier version said nothing of it
    place, day, deadline = (_day(d) for d in days)
    record = Record(
        address, kind, document, order, organisation, status, words, frozenset(givers), frozenset(takers), Place(place, paragraph, point),
        day, frozenset(diaries), deadline, duplicate,
    )  # fmt: skip
    return record, twice


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[at : at + _CHUNK] for at in range(0, len(values), _CHUNK))
