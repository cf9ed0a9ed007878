"""What is on the list: which assignments, in which order, and each value as people read it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.follow_up import Followed, Source, state_as_of

STATES = ("overdue", "open", "interim", "reported", "closed", "withdrawn", "unknown")
"""In the order of the list: what asks for something first."""

HEADINGS = {
    "overdue": "Försenade",
    "open": "Öppna",
    "interim": "Delrapporterade",
    "reported": "Återrapporterade",
    "closed": "Avslutade",
    "withdrawn": "Avförda",
    "unknown": "Okänt om de har getts",
}
"""The headings assignments of each state stand under."""

UNFINISHED = frozenset({"overdue", "open", "interim", "unknown"})


class AnnexError(Exception):
    """The list cannot be made; one sentence for a person."""


@dataclass(frozen=True)
class Entry:
    """One assignment on the list, numbered from 1."""

    number: int
    followed: Followed

    @property
    def code(self) -> str:
        """The state, as a code of :data:`STATES`."""
        return self.followed.standing.state

    @property
    def state(self) -> str:
        """The state in Swedish."""
        return self.followed.state

    @property
    def given(self) -> str:
        """When and where it was given: "2024-03-12 § 41 punkt 1"."""
        one = self.followed
        parts = [one.standing.given.isoformat() if one.standing.given else "", one.given_paragraph or ""]
        return " ".join([part for part in parts if part] + ([f"punkt {one.given_point}"] if one.given_point else []))

    @property
    def deadline(self) -> str:
        """The deadline as one reads it: its day, its days, or its words where no day is known."""
        now = self.followed.standing
        if now.deadline_last is None:
            return now.deadline_raw or ""
        if now.deadline_first is None or now.deadline_first == now.deadline_last:
            return now.deadline_last.isoformat()
        return f"{now.deadline_first.isoformat()} – {now.deadline_last.isoformat()}"

    @property
    def finished(self) -> date | None:
        """The day it was closed or withdrawn."""
        return self.followed.standing.closed or self.followed.standing.withdrawn


@dataclass(frozen=True)
class Annex:
    """The list. ``words`` are the Swedish words of the kinds of event; ``address`` is where the database is served, without a slash at
    the end, or None: then sources are named and not linked."""

    body: str
    organisation: str | None
    day: date
    entries: tuple[Entry, ...]
    words: dict[str, str]
    address: str | None = None

    @property
    def title(self) -> str:
        """The heading of the list."""
        return f"Uppdrag från {self.body[:1].lower()}{self.body[1:]}"

    @property
    def subtitle(self) -> str:
        """Whose list, of which day."""
        return " · ".join(part for part in (self.organisation, f"läget per {self.day.isoformat()}") if part)

    def happened(self, source: Source) -> str:
        """What a source tells, in words: "återrapporterat", "föreslaget: förklarat fullgjort"."""
        word = self.words.get(source.kind, source.kind)
        return f"{word} (föreslaget)" if source.status == "proposed" and source.kind != "proposed" else word

    def where(self, source: Source) -> str:
        """Where it stands: "Regionstyrelsen § 41, protokoll.pdf s. 4"."""
        body = " ".join(part for part in (source.body, source.paragraph) if part)
        return ", ".join(part for part in (body, f"{source.name or source.document[:12]} s. {source.page}") if part)

    def link(self, source: Source) -> str | None:
        """The address of the page with the place marked."""
        return None if self.address is None else f"{self.address}{source.link}"

    def counts(self) -> list[tuple[str, int]]:
        """(heading, how many) for each state on the list, in order."""
        found = {state: sum(1 for e in self.entries if e.code == state) for state in STATES}
        return [(HEADINGS[state], n) for state, n in found.items() if n]


def annex(
    connection: sqlite3.Connection,
    body: str,
    day: date,
    *,
    organisation: str | None = None,
    states: Sequence[str] = (),
    closed_since: date | None = None,
    address: str | None = None,
) -> Annex:
    """The assignments ``body`` has given that were known on ``day``, as they stood then: the late first, then by deadline.

    ``states`` keeps these only; ``closed_since`` leaves out what was closed or withdrawn before that day. Raises AnnexError where there is
    no such body, or where several organisations have one of that name and none was asked for.
    """
    name, owner, only = _body(connection, body, organisation)
    kept = [
        one
        for one in state_as_of(connection, day, name, organisation=owner if only else None)
        if (not states or one.standing.state in states) and not _long_over(one, closed_since)
    ]
    place = {state: n for n, state in enumerate(STATES)}
    kept.sort(key=lambda one: place[one.standing.state])  # stable: by deadline and day given within a state
    words = dict(connection.execute("SELECT code, swedish FROM label WHERE field = 'event'").fetchall())
    entries = tuple(Entry(n, one) for n, one in enumerate(kept, 1))
    return Annex(name, owner, day, entries, words, None if address is None else address.rstrip("/"))


def _long_over(one: Followed, since: date | None) -> bool:
    over = one.standing.closed or one.standing.withdrawn
    return since is not None and over is not None and over < since


def _body(connection: sqlite3.Connection, asked: str, organisation: str | None) -> tuple[str, str | None, bool]:
    """The body as the database names it, its organisation, and whether others have a body of that name."""
    there = connection.execute("SELECT DISTINCT body, organisation FROM thread WHERE body IS NOT NULL ORDER BY 1, 2").fetchall()
    if not there:
        raise AnnexError("No assignment has been followed yet: run `uppdrag ingest` on documents with decisions first.")
    if organisation is not None:
        within = [row for row in there if row[1] is not None and row[1].casefold() == organisation.casefold()]
        if not within:
            known = ", ".join(sorted({row[1] for row in there if row[1] is not None}))
            raise AnnexError(f"There is no organisation {organisation!r}; there are: {known}.")
        there = within
    named = [row for row in there if row[0].casefold() == asked.casefold()]
    if not named:
        raise AnnexError(f"There is no body {asked!r} that has given assignments. Near it: {', '.join(_near(asked, there))}.")
    body, organisations = str(named[0][0]), {row[1] for row in named} - {None}
    if organisation is not None:
        return body, named[0][1], True
    if len(organisations) > 1:  # a municipality's minutes retell what the region's board gave: the board is the region's
        rows = connection.execute("SELECT DISTINCT organisation FROM document WHERE body = ?", (body,)).fetchall()
        organisations = organisations & {row[0] for row in rows} or organisations
        if len(organisations) > 1:
            several = ", ".join(repr(name) for name in sorted(organisations))
            raise AnnexError(f"Several organisations have a body {body!r}: name one with --organisation: {several}.")
        return body, organisations.pop(), True
    return body, next(iter(organisations), None), False


def _near(asked: str, there: Sequence[tuple[str, str | None]]) -> list[str]:
    from rapidfuzz import process

    names = sorted({row[0] for row in there})
    return [name for name, _, _ in process.extract(asked, names, limit=5)]
