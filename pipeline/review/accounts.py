"""Who may do what: accounts with hashed passwords, sessions that end, sign-in attempts that are limited.

They are kept in a file of their own beside the database (``uppdrag.accounts.db``), readable by its owner alone and never opened by
Datasette, so that no query of an analyst can reach a password or a session.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROLES = ("reader", "reviewer", "administrator")
MINIMUM = 10
"""Characters of a password."""

IDLE_SECONDS, LONGEST_SECONDS = 4 * 3600, 12 * 3600
"""A session ends four hours after its last page, and twelve hours after it began whatever happens."""

ATTEMPTS, ATTEMPTS_FROM, WINDOW_SECONDS = 5, 30, 15 * 60
"""Failed sign-ins for one name, and from one address, within a quarter of an hour; then both wait."""

_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 2**20}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    name TEXT PRIMARY KEY, role TEXT NOT NULL CHECK (role IN ('reader', 'reviewer', 'administrator')),
    salt BLOB NOT NULL, hash BLOB NOT NULL, created REAL NOT NULL, closed INTEGER NOT NULL DEFAULT 0, signed_in REAL
) STRICT;
CREATE TABLE IF NOT EXISTS session (
    token BLOB PRIMARY KEY, account TEXT REFERENCES account (name) ON DELETE CASCADE, name TEXT NOT NULL, role TEXT NOT NULL,
    began REAL NOT NULL, seen REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS attempt (name TEXT NOT NULL, address TEXT NOT NULL, at REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS attempt_at ON attempt (at);
"""


class AccountError(Exception):
    """An account cannot be made or changed; one English sentence, since it is said at the command line."""


class TooManyAttemptsError(Exception):
    """Signing in has to wait."""


@dataclass(frozen=True)
class Visitor:
    """Who asks. ``role`` is one of ROLES."""

    name: str
    role: str

    @property
    def may_write(self) -> bool:
        """Whether decisions of theirs count."""
        return self.role in ("reviewer", "administrator")

    @property
    def may_administer(self) -> bool:
        """Whether they may see and close accounts."""
        return self.role == "administrator"


@dataclass(frozen=True)
class Account:
    """A row of the list of accounts. Times are seconds since 1970."""

    name: str
    role: str
    created: float
    closed: bool
    signed_in: float | None
    sessions: int


class Accounts:
    """The accounts beside a database. Every call opens the file anew: it is small, and another process may have added somebody."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.stem}.accounts.db")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            # Made with the owner's rights alone from its first moment.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self.path, timeout=10)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.executescript(_SCHEMA)
            with connection:
                yield connection
        finally:
            connection.close()

    def add(self, name: str, role: str, password: str) -> None:
        """Makes an account, or gives an existing one a new role and password (and ends its sessions)."""
        name = " ".join(name.split())
        if not name or len(name) > 80 or not name.isprintable():
            raise AccountError("A name has 1 to 80 printable characters.")
        if role not in ROLES:
            raise AccountError(f"A role is one of {', '.join(ROLES)}.")
        if len(password) < MINIMUM or len(password) > 1000:
            raise AccountError(f"A password has at least {MINIMUM} characters (and at most 1000).")
        salt = secrets.token_bytes(16)
        with self._open() as connection:
            connection.execute("DELETE FROM session WHERE account = ?", (name,))
            connection.execute(
                "INSERT INTO account (name, role, salt, hash, created) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                " role = excluded.role, salt = excluded.salt, hash = excluded.hash, closed = 0",
                (name, role, salt, _hash(password, salt), time.time()),
            )

    def close(self, name: str) -> bool:
        """Closes an account and ends its sessions at once. What the person decided stays. False where there is no such account."""
        with self._open() as connection:
            connection.execute("DELETE FROM session WHERE account = ?", (name,))
            return connection.execute("UPDATE account SET closed = 1 WHERE name = ?", (name,)).rowcount > 0

    def all(self) -> list[Account]:
        """Every account, by name."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT name, role, created, closed, signed_in, (SELECT count(*) FROM session AS s WHERE s.account = a.name)"
                " FROM account AS a ORDER BY name"
            ).fetchall()
        return [Account(row[0], row[1], row[2], bool(row[3]), row[4], row[5]) for row in rows]

    def sign_in(self, name: str, password: str, address: str) -> str | None:
        """The token of a new session, or None where name and password do not fit. Raises TooManyAttemptsError."""
        now = time.time()
        name = " ".join(name.split())[:80]
        with self._open() as connection:
            connection.execute("DELETE FROM attempt WHERE at < ?", (now - WINDOW_SECONDS,))
            by_name = connection.execute("SELECT count(*) FROM attempt WHERE name = ?", (name,)).fetchone()[0]
            from_there = connection.execute("SELECT count(*) FROM attempt WHERE address = ?", (address,)).fetchone()[0]
            if by_name >= ATTEMPTS or from_there >= ATTEMPTS_FROM:
                raise TooManyAttemptsError
            # Counted before it is tried, so that many at once gain nothing.
            connection.execute("INSERT INTO attempt (name, address, at) VALUES (?, ?, ?)", (name, address, now))
            row = connection.execute("SELECT salt, hash, role FROM account WHERE name = ? AND NOT closed", (name,)).fetchone()
        salt, wanted, role = row or (b"\0" * 16, b"", "reader")
        # A name that does not exist takes as long as one that does.
        if not hmac.compare_digest(_hash(password[:1000], salt), wanted):
            return None
        with self._open() as connection:
            connection.execute("DELETE FROM attempt WHERE name = ?", (name,))
            connection.execute("UPDATE account SET signed_in = ? WHERE name = ?", (now, name))
        return self.begin(name, role, account=name)

    def begin(self, name: str, role: str, *, account: str | None = None) -> str:
        """The token of a new session; without an account it is that of the one-time link."""
        token, now = secrets.token_urlsafe(32), time.time()
        with self._open() as connection:
            connection.execute("DELETE FROM session WHERE began < ? OR seen < ?", (now - LONGEST_SECONDS, now - IDLE_SECONDS))
            connection.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)", (_token(token), account, name, role, now, now))
        return token

    def visitor(self, token: str) -> Visitor | None:
        """Whose session it is, or None where it is unknown or has ended. The role is the account's of this moment."""
        if not token or len(token) > 100 or not self.path.exists():
            return None
        now = time.time()
        with self._open() as connection:
            row = connection.execute(
                "SELECT s.name, coalesce(a.role, s.role), s.seen FROM session AS s LEFT JOIN account AS a ON a.name = s.account"
                " WHERE s.token = ? AND s.began >= ? AND s.seen >= ? AND NOT coalesce(a.closed, 0)",
                (_token(token), now - LONGEST_SECONDS, now - IDLE_SECONDS),
            ).fetchone()
            if row is None:
                return None
            if now - row[2] > 60:
                connection.execute("UPDATE session SET seen = ? WHERE token = ?", (now, _token(token)))
        return Visitor(row[0], row[1])

    def sign_out(self, token: str) -> None:
        """Ends a session."""
        with self._open() as connection:
            connection.execute("DELETE FROM session WHERE token = ?", (_token(token),))


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, dklen=32, n=_COST["n"], r=_COST["r"], p=_COST["p"], maxmem=_COST["maxmem"])


def _token(token: str) -> bytes:
    """What is kept of a session's token: whoever reads the file cannot sign in with it."""
    return hashlib.sha256(token.encode()).digest()
