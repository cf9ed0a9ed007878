"""Who asks, and what they may: nothing, unless it says so here."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Forbidden

from pipeline.review.accounts import IDLE_SECONDS, Accounts, Visitor

COOKIE = "uppdrag_session"
LARGEST_BODY = 512 * 1024
"""Bytes of a posted form; the largest honest one is some tens of thousands."""


OPEN_SECONDS = 120.0
"""How long a record that somebody has opened is taken to be in their hands."""


class SignInNeededError(Exception):
    """The page is for people who have signed in."""


@dataclass(frozen=True)
class Section:
    """A part of the review room beside the queue of assignments: its address, its Swedish name, and how much waits in it."""

    path: str
    label: str
    count: Callable[[sqlite3.Connection], int] | None = None


@dataclass
class Room:
    """What the review keeps for one server: its accounts, the one-time link, where the reading cache is, and sections of others."""

    accounts: Accounts
    cache: Path | None = None
    private: bool = False
    sections: list[Section] = field(default_factory=list)
    kept: dict[str, tuple[float, Any]] = field(default_factory=dict)
    _opened: dict[str, tuple[str, float]] = field(default_factory=dict)
    _key: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def opens(self, name: str, address: str) -> None:
        """Notes who has a record open, so that others are not given it next. A courtesy: what two decide is settled when it is written."""
        now = time.monotonic()
        with self._lock:
            kept = {a: held for a, held in self._opened.items() if now - held[1] < OPEN_SECONDS and held[0] != name}
            self._opened = {**kept, address: (name, now)} if address not in kept else kept

    def closes(self, name: str) -> None:
        """Notes that somebody has left the record they had open, for the queue."""
        with self._lock:
            self._opened = {a: held for a, held in self._opened.items() if held[0] != name}

    def opened(self, name: str) -> dict[str, str]:
        """Address → who, of the records others than ``name`` have open."""
        now = time.monotonic()
        with self._lock:
            return {a: who for a, (who, at) in self._opened.items() if who != name and now - at < OPEN_SECONDS}

    def one_time_key(self) -> str:
        """A key that signs in once, as an administrator, whoever started the server; an earlier one ends."""
        with self._lock:
            self._key = secrets.token_urlsafe(24)
            return self._key

    def use_key(self, key: str) -> bool:
        """Whether the key is the one that was given out; it never is a second time."""
        with self._lock:
            right = self._key is not None and secrets.compare_digest(self._key.encode(), key.encode())
            if right:
                self._key = None
            return right


def room(datasette: Any) -> Room:
    """The room of a server. Raises Forbidden where it has none, and with it no way to sign in."""
    found = getattr(datasette, "uppdrag_review", None)
    if not isinstance(found, Room):
        raise Forbidden("Granskningen är inte påslagen.")
    return found


def visitor(datasette: Any, request: Any) -> Visitor | None:
    """Who asks, by the session's cookie alone: no token and no other cookie of Datasette's gives a right here."""
    if "uppdrag_visitor" not in request.scope:
        try:
            token = request.cookies.get(COOKIE, "")
        except Exception:  # a cookie header that cannot be parsed is no cookie
            token = ""
        request.scope["uppdrag_visitor"] = room(datasette).accounts.visitor(token) if token else None
    found: Visitor | None = request.scope["uppdrag_visitor"]
    return found


def reader(datasette: Any, request: Any) -> Visitor:
    """Whoever may read the review. Raises SignInNeededError."""
    found = visitor(datasette, request)
    if found is None:
        raise SignInNeededError
    return found


def writer(datasette: Any, request: Any) -> Visitor:
    """Whoever may decide. Raises Forbidden: to a writer's address nobody is led to sign in, since what was posted would be lost."""
    _same_site(request)
    found = visitor(datasette, request)
    if found is None or not found.may_write:
        request.scope["uppdrag_signed_out"] = found is None
        raise Forbidden("Du får inte ändra här. Logga in som granskare.")
    return found


def administrator(datasette: Any, request: Any) -> Visitor:
    """Whoever may see and close accounts. Raises Forbidden."""
    if request.method != "GET":
        _same_site(request)
    found = visitor(datasette, request)
    if found is None or not found.may_administer:
        raise Forbidden("Bara administratörer kommer åt den här sidan.")
    return found


def _same_site(request: Any) -> None:
    """A form of another site is refused by what the browser says of it, besides Datasette's token.

    Our pages send no referrer, and then browsers call the origin of our own forms "null".
    """
    headers = request.headers
    origin = headers.get("origin", "null")
    other = origin != "null" and origin.partition("://")[2] != headers.get("host")
    if other or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("Formuläret kommer från en annan webbplats.")


def session_cookie(request: Any, token: str) -> str:
    """The Set-Cookie header of a session; of an ended one where the token is empty."""
    secure = "; Secure" if request.scheme == "https" else ""
    age = IDLE_SECONDS * 3 if token else 0
    return f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}"
