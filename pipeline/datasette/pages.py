"""What stands on a printed page, for the page view: the document, the record asked for, and every place to mark."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

PLACES = {
    "belopp": ("amount", "Belopp", "raw"),
    "procent": ("percentage", "Procenttal", "raw"),
    "datum": ("date_mention", "Datum", "raw"),
    "hanvisning": ("reference", "Hänvisning", "raw"),
    "person": ("person", "Person", "name"),
    "ej_uppdrag": ("not_assignment", "Ej uppdrag", "text"),
    "avvikelse": ("issue", "Avvikelse", "message"),
    "paragraf": ("paragraph", "Paragraf", "label"),
}
"""What ``?belopp=3`` and the like mean: (table, what it is called, the column that says it)."""

ROLES = {"assigner": "Uppdragsgivare", "assignee": "Mottagare", "partner": "Samverkande", "report_to": "Återrapporteras till"}


@dataclass(frozen=True)
class Mark:
    """One rectangle on the page, in points."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True)
class Field:
    """One value of a record: what it is, its value, its words in the text, what it rests on, its rule and page."""

    label: str
    value: str
    raw: str | None = None
    basis: str | None = None
    rule: str | None = None
    page: int | None = None
    kind: str = "plain"


@dataclass
class PageView:
    """Everything the template shows."""

    document: dict[str, Any]
    number: int
    width: float
    height: float
    reader: str
    text: str
    marks: list[Mark] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    heading: str = ""
    record: dict[str, Any] | None = None
    thread: str | None = None
    on_page: list[dict[str, Any]] = field(default_factory=list)


class Places:
    """Reads page views from Datasette's database object (``await db.execute``)."""

    def __init__(self, database: Any) -> None:
        self.database = database

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        result = await self.database.execute(sql, values)
        return [dict(zip(row.keys(), tuple(row), strict=True)) for row in result.rows]

    async def document(self, sha256: str) -> dict[str, Any] | None:
        """The row of the view ``dokument``, with the paths of its files."""
        found = await self.rows("SELECT * FROM dokument WHERE dokument_id = :sha256", sha256=sha256)
        if not found:
            return None
        paths = await self.rows("SELECT path FROM file WHERE sha256 = :sha256 ORDER BY path", sha256=sha256)
        return {**found[0], "paths": [row["path"] for row in paths]}

    async def whereabouts(self, address: str) -> tuple[str, int] | None:
        """(sha256, page) of an assignment."""
        found = await self.rows(
            "SELECT d.sha256, a.page FROM current_assignment AS a JOIN document AS d ON d.id = a.document WHERE a.address = :address",
            address=address,
        )
        return (found[0]["sha256"], found[0]["page"]) if found else None

    async def view(self, sha256: str, number: int, asked: dict[str, str]) -> PageView | None:
        """The page, with what was asked for marked; None where there is no such page."""
        document = await self.document(sha256)
        pages = await self.rows(
            "SELECT p.* FROM page AS p JOIN document AS d ON d.id = p.document WHERE d.sha256 = :sha256 AND p.number = :number",
            sha256=sha256,
            number=number,
        )
        if document is None or not pages:
            return None
        page = pages[0]
        view = PageView(document, number, page["width"], page["height"], page["reader"], page["text"])
        view.on_page = await self.rows(
            "SELECT a.address, a.act, a.status, a.task, a.boxes FROM current_assignment AS a"
            " WHERE a.document = :document AND a.duplicate_of IS NULL AND a.page = :number ORDER BY a.start",
            document=page["document"],
            number=number,
        )
        for row in view.on_page:
            _mark(view, row["boxes"], "other", row["task"])
        if "uppdrag" in asked:
            await self._assignment(view, page["document"], asked["uppdrag"])
        for name, (table, label, column) in PLACES.items():
            if asked.get(name, "").isdecimal():
                await self._place(view, page["document"], table, label, column, int(asked[name]))
        return view

    async def _place(self, view: PageView, document: int, table: str, label: str, column: str, number: int) -> None:
        found = await self.rows(
            f"SELECT * FROM {table} WHERE document = :document AND number = :number",  # noqa: S608 - a table of PLACES
            document=document,
            number=min(number, 2**62),
        )
        for row in found:
            view.heading = label
            view.fields.append(
                Field(label, str(row[column]), row.get("raw"), await self._basis(row.get("basis")), row.get("rule"), row["page"])
            )
            if table == "paragraph":
                view.fields.append(Field("Rubrik", row["heading"]))
            if table == "not_assignment":
                view.fields.append(Field("Skäl", await self._word("reason", row["reason"])))
            _mark(view, row["boxes"], "value", f"{label}: {row[column]}")

    async def _assignment(self, view: PageView, document: int, address: str) -> None:
        found = await self.rows(
            "SELECT * FROM current_assignment WHERE address = :address AND document = :document", address=address, document=document
        )
        if not found:
            return
        record = view.record = found[0]
        threads = await self.rows("SELECT thread FROM thread_record WHERE address = :address AND thread IS NOT NULL", address=address)
        view.thread = threads[0]["thread"] if threads else None
        at = {"document": document, "assignment": record["number"]}
        add = view.fields.append
        view.heading = (await self._word("act", record["act"])).capitalize()
        _mark(view, record["boxes"], "source", "Hela stället")
        cues = await self.rows("SELECT * FROM cue WHERE document = :document AND assignment = :assignment ORDER BY ordinal", **at)
        status = next((c for c in cues if c["effect"].startswith("status")), None)
        add(
            Field(
                "Status",
                await self._word("status", record["status"]),
                None,
                status["why"] if status else None,
                status["rule"] if status else None,
                status["page"] if status else None,
                "cue",
            )
        )
        frame = record["rules"].split(" ")[0] or None
        add(Field("Uppgift", record["task"], None, "utskrivet", frame, record["page"], "task"))
        _mark(view, record["task_boxes"], "task", "Uppgift")
        for cue in cues:
            _mark(view, cue["boxes"], "cue", cue["why"])
        parties = "SELECT * FROM current_party WHERE document = :document AND assignment = :assignment ORDER BY role, ordinal"
        found_parties = await self.rows(parties, **at)
        for role, label in ROLES.items():
            for party in (p for p in found_parties if p["role"] == role):
                add(Field(label, party["name"], party["raw"], await self._basis(party["basis"]), party["rule"], party["page"], role))
                _mark(view, party["boxes"], role, f"{label}: {party['name']}")
        dues = "SELECT * FROM current_deadline WHERE document = :document AND assignment = :assignment ORDER BY ordinal"
        deadlines = await self.rows(dues, **at)
        for due in deadlines:
            days = due["last"] if due["first"] in (None, due["last"]) else f"{due['first']} – {due['last'] or '…'}"
            kind = await self._word("deadline", due["kind"])
            basis = f"{await self._basis(due['basis'])}, {await self._word('precision', due['precision'])}"
            add(Field(f"Tidsfrist ({kind})", days or "ingen dag i texten", due["raw"], basis, due["rule"], due["page"], "deadline"))
            _mark(view, due["boxes"], "deadline", f"Tidsfrist: {days or due['raw']}")
        amounts = await self.rows(
            "SELECT * FROM current_amount WHERE document = :document AND assignment = :assignment ORDER BY ordinal",
            **at,
        )
        for amount in amounts:
            value = kronor(amount["ore"])
            add(Field("Belopp", value, amount["raw"], await self._basis(amount["basis"]), amount["rule"], amount["page"], "amount"))
            _mark(view, amount["boxes"], "amount", f"Belopp: {value}")
        source = [record[name] for name in ("source_body", "source_date", "source_paragraph", "source_point", "source_diary_number")]
        if any(source):
            add(Field("Gavs ursprungligen", ", ".join(str(part) for part in source if part)))
        if record["done"] is not None:
            add(Field("Fullgjort", "ja" if record["done"] else "nej"))
        add(Field("Säkerhet", f"{round(100 * record['confidence'])} %", None, record["needs_review"]))
        add(Field("Granskat", record["granskad"]))

    async def _basis(self, code: str | None) -> str | None:
        return None if code is None else await self._word("basis", code)

    async def _word(self, kind: str, code: str) -> str:
        found = await self.rows("SELECT swedish FROM label WHERE field = :kind AND code = :code", kind=kind, code=code)
        return str(found[0]["swedish"]) if found else code


def _mark(view: PageView, boxes: str, kind: str, title: str) -> None:
    for page, x0, top, x1, bottom in json.loads(boxes):
        if page == view.number:
            view.marks.append(Mark(round(x0 - 1, 1), round(top - 1, 1), round(x1 - x0 + 2, 1), round(bottom - top + 2, 1), kind, title))


def number(value: float | int | None, decimals: int = 0) -> str:
    """A number as Swedish prints it: a hard space between thousands, a decimal comma, a true minus."""
    if value is None:
        return ""
    return f"{value:,.{decimals}f}".replace(",", "\u00a0").replace(".", ",").replace("-", "−")


def kronor(ore: int | None) -> str:
    """Öre as kronor: whole ones without decimals."""
    if ore is None:
        return "för stort för ett belopp"
    whole, rest = divmod(abs(ore), 100)
    text = f"{whole:,}".replace(",", "\u00a0") + (f",{rest:02}" if rest else "")
    return f"{'−' if ore < 0 else ''}{text}\u00a0kr"
