"""Search in everything: whole words as they stand, or parts of words, in the assignments and in the text of every page.

Of many hits only the latest read are looked through (:data:`MOST`), and the page says so: a word that stands on every page of 100,000
documents is answered as fast as a rare one. Where all hits are looked through they come in the order of how well they match.
"""

# ruff: noqa: S608 - statements are put together from the names of our own indexes, never from what was asked

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from datasette.filters import FilterArguments
from datasette.utils.asgi import Response
from markupsafe import Markup, escape

from pipeline.datasette.metadata import DATABASE
from pipeline.datasette.pages import Places

MOST = 20_000
"""Hits looked through."""

MOST_READ = 2_000
"""Hits looked through where each is found again in its text (parts of words, on pages)."""

SHOWN = 20
"""Hits of each kind on a page."""

_FACETS = 12
_WORD = re.compile(r'"([^"]+)"|([^\s"]+)')


@dataclass(frozen=True)
class Asked:
    """What is searched for and where. ``what`` is uppdrag or sidor, or empty for both; ``skip`` hits come before those shown."""

    text: str
    parts: bool = False
    body: str = ""
    year: str = ""
    what: str = ""
    skip: int = 0

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Asked:
        """What an address asks for; what cannot be understood is left out."""
        text = "".join(c for c in args.get("q") or "" if c.isprintable()).strip()[:200]
        skip = args.get("fran") or ""
        year = args.get("ar") or ""
        return cls(
            text,
            args.get("hur") == "del",
            (args.get("organ") or "").strip()[:300],
            year if re.fullmatch(r"\d{4}", year) else "",
            what if (what := args.get("i") or "") in ("uppdrag", "sidor") else "",
            min(int(skip), MOST) if skip.isdecimal() and len(skip) < 9 else 0,
        )

    @property
    def words(self) -> list[str]:
        """The words, or the phrases in quotation marks; of parts of words the whole as it stands.

        >>> Asked('balans "ekonomi i"').words
        ['balans', 'ekonomi i']
        """
        if self.parts:
            return [self.text]
        return [" ".join((phrase or word).split()) for phrase, word in _WORD.findall(self.text)]

    @property
    def match(self) -> str:
        """The question in FTS5's words: every word, none of them read as an operator."""
        return " ".join('"' + word.replace('"', '""') + '"' for word in self.words)

    @property
    def enough(self) -> bool:
        """Whether there is something to look for: the index of parts knows nothing shorter than three characters."""
        return len(self.text) >= 3 if self.parts else any(re.search(r"\w", word) for word in self.words)

    def query(self, **other: str | int) -> str:
        """The question as the query of an address, with other words instead; an empty one is left out."""
        values = {"q": self.text, "hur": "del" if self.parts else "", "organ": self.body, "ar": self.year, "i": self.what}
        return urlencode({name: value for name, value in {**values, **other}.items() if value})


@dataclass
class Found:
    """Hits of one kind: ``count`` of them, or more than were looked through (``capped``); ``rows`` are those to show."""

    count: int = 0
    capped: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)
    bodies: dict[str, int] = field(default_factory=dict)
    years: dict[str, int] = field(default_factory=dict)


async def search(datasette: Any, request: Any) -> Response:
    """``/-/sok?q=…&hur=ord|del&organ=…&ar=…``: hits with their surroundings, counted by body and year."""
    await datasette.ensure_permissions(request.actor, [("view-database", DATABASE), "view-instance"])
    asked = Asked.of({key: request.args[key] for key in request.args})
    places = Places(datasette.get_database(DATABASE))
    assignments, pages = Found(), Found()
    if asked.enough and not asked.what:
        assignments, pages = await asyncio.gather(_assignments(places, asked), _pages(places, asked))
    elif asked.enough and asked.what == "uppdrag":
        assignments = await _assignments(places, asked)
    elif asked.enough:
        pages = await _pages(places, asked)
    context = {
        "asked": asked,
        "assignments": assignments,
        "pages": pages,
        "bodies": _together(assignments.bodies, pages.bodies),
        "years": sorted(_together(assignments.years, pages.years), reverse=True),
        "step": SHOWN,
        "most": MOST_READ if asked.parts else MOST,
    }
    return Response.html(await datasette.render_template("sok.html", context, request=request))


async def filters(datasette: Any, request: Any, table: str) -> FilterArguments | None:
    """What ``?_search=`` means on a view: whole words in the index its description names (``search_in``).

    Datasette's own would make a list of every hit, four times a page. On a page of many hits the latest read are taken, and the page says
    so; in the data (JSON, CSV, xlsx) all of them.
    """
    index = (datasette.table_metadata(DATABASE, table) or {}).get("search_in")
    if not index:
        return None
    asked = Asked((request.args.get("_search") or "").strip())
    context: dict[str, Any] = {"supports_search": True, "search": asked.text}
    if not asked.text:
        return FilterArguments([], extra_context=context)
    if not asked.enough:
        return FilterArguments(["0"], extra_context=context)
    match = asked.match
    page = not re.search(r"\.(json|csv|xlsx)$", request.path)
    probe = f"SELECT count(*) AS n FROM (SELECT rowid FROM {index} WHERE {index} MATCH :match LIMIT {MOST + 1})"
    (found,) = await Places(datasette.get_database(DATABASE)).rows(probe, match=match)
    capped = page and found["n"] > MOST
    hits = f"SELECT rowid FROM {index} WHERE {index} MATCH :sok" + (f" ORDER BY rowid DESC LIMIT {MOST}" if capped else "")
    # NOTE: with many hits the rows are better read in the order asked for, and each looked up among the hits, than fetched one by one
    # and sorted: the plus keeps SQLite from the latter. Of a million, 20,000 hits by date took 900 ms and take 15.
    plus = "+" if found["n"] > MOST_READ else ""
    return FilterArguments(
        [f"{plus}rad in ({hits})"], {"sok": match}, [f'search matches "{asked.text}"'], {**context, "searched": MOST if capped else None}
    )


async def _assignments(places: Places, asked: Asked) -> Found:
    index = "assignment_trigram" if asked.parts else "assignment_fts"
    found = await _look(places, asked, index, f"{index} MATCH :match", MOST, "uppdrag", "uppgift")
    for row in found.rows:
        task = marked(row["uppgift"], asked.words, whole=not asked.parts, around=100_000)
        row["stallet"] = task
        if "<mark>" not in task:
            around = marked(row["kalltext"], asked.words, whole=not asked.parts)
            parties = "; ".join(filter(None, (row["uppdragsgivare"], row["mottagare"])))
            row["omkring"] = around if "<mark>" in around else marked(parties, asked.words, whole=not asked.parts)
    return found


async def _pages(places: Places, asked: Asked) -> Found:
    if asked.parts:
        found = await _look(places, asked, "page_trigram", "text LIKE :like", MOST_READ, "sidor", "text")
    else:
        found = await _look(places, asked, "page_fts", "page_fts MATCH :match", MOST, "sidor", "text")
    for row in found.rows:
        row["stallet"] = marked(row.pop("text"), asked.words, whole=not asked.parts)
    return found


async def _look(places: Places, asked: Asked, index: str, condition: str, most: int, view: str, text: str) -> Found:
    values = {
        "match": asked.match,
        "like": "%" + re.sub(r"[%_\\]", "_", asked.text) + "%",
        "body": asked.body,
        "year": asked.year,
    }
    (probe,) = await places.rows(f"SELECT count(*) AS n FROM (SELECT rowid FROM {index} WHERE {condition} LIMIT {most + 1})", **values)
    capped = probe["n"] > most
    # The best first, where all can be weighed; else the latest read, which the index gives in their order.
    weigh = "rank" if not capped and not (asked.parts and index == "page_trigram") else "-rowid"
    hits = (
        f"hit AS MATERIALIZED (SELECT rowid AS rad, {weigh} AS weight FROM {index} WHERE {condition}"
        f"{f' ORDER BY rowid DESC LIMIT {most}' if capped else ''}),"
        f" chosen AS MATERIALIZED (SELECT hit.rad, hit.weight, v.organ, substr(v.sammantradesdatum, 1, 4) AS ar FROM hit"
        f" CROSS JOIN {view} AS v ON v.rad = hit.rad"
        f" WHERE (:body = '' OR v.organ = :body) AND (:year = '' OR substr(v.sammantradesdatum, 1, 4) = :year))"
    )
    # NOTE: one statement, so that the hits are looked through once: they are what takes the time.
    found = await places.rows(
        f"WITH {hits} SELECT 'all' AS what, '' AS name, count(*) AS n FROM chosen"
        " UNION ALL SELECT 'body', organ, count(*) FROM chosen WHERE organ IS NOT NULL GROUP BY organ"
        " UNION ALL SELECT 'year', ar, count(*) FROM chosen WHERE ar IS NOT NULL GROUP BY ar"
        f" UNION ALL SELECT 'hit', '', rad FROM (SELECT rad FROM chosen ORDER BY weight LIMIT {SHOWN} OFFSET :skip)",
        **values,
        skip=asked.skip,
    )
    shown = [int(row["n"]) for row in found if row["what"] == "hit"]
    rows = await places.rows(f"SELECT * FROM {view} WHERE rad IN ({', '.join(map(str, shown))})")
    return Found(
        next(row["n"] for row in found if row["what"] == "all"),
        capped,
        sorted(rows, key=lambda row: shown.index(row["rad"])),
        {row["name"]: row["n"] for row in found if row["what"] == "body"},
        {row["name"]: row["n"] for row in found if row["what"] == "year"},
    )


def _together(assignments: Mapping[str, int], pages: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """(name, assignments, pages), most first."""
    names = {*assignments, *pages}
    counted = [(name, assignments.get(name, 0), pages.get(name, 0)) for name in names]
    return sorted(counted, key=lambda item: (-item[1], -item[2], item[0]))[:_FACETS]


def marked(text: str, words: list[str], *, whole: bool, around: int = 110) -> Markup:
    """The surroundings of the first hit with every hit marked, escaped."""
    text = " ".join(text.split())
    edge = r"\b" if whole else ""
    pattern = re.compile("|".join(f"{edge}{re.escape(word)}{edge}" for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    first = pattern.search(text)
    begin = max((first.start() if first else 0) - around, 0)
    end = min((first.end() if first else 0) + around, len(text))
    piece, at = text[begin:end], 0
    parts: list[str] = []
    for hit in pattern.finditer(piece):
        if hit.end() > hit.start():
            parts += [escape(piece[at : hit.start()]), Markup("<mark>{}</mark>").format(hit.group())]
            at = hit.end()
    return Markup("").join(["…" if begin else "", *parts, escape(piece[at:]), "…" if end < len(text) else ""])
