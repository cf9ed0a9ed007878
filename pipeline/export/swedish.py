"""Swedish words for what the model names in English, as the explaining page shows them."""

from __future__ import annotations

STATUS = {"decided": "beslutat", "proposed": "föreslaget", "cited": "återgivet"}
ACT = {
    "assignment": "uppdrag",
    "exhortation": "uppmaning",
    "reporting_duty": "rapporteringsplikt",
    "target": "mål",
    "appointment": "utseende",
    "follow_up": "uppföljning",
}
SLOT = {
    "assignment": "Uppdrag",
    "task": "Uppgift",
    "assigner": "Uppdragsgivare",
    "assignees": "Mottagare",
    "partners": "Samverkan",
    "report_to": "Återrapporteras till",
    "deadline": "Tidsfrist",
    "amount": "Belopp",
    "percentage": "Procent",
    "date": "Datum",
    "reference": "Hänvisning",
    "person": "Person",
    "cue": "Signal",
    "not_assignment": "Inte uppdrag",
    "issue": "Att granska",
}
DEADLINE = {
    "due": "ska vara klart",
    "report": "redovisning",
    "interim_report": "delredovisning",
    "final_report": "slutredovisning",
    "period": "period",
    "window": "fönster",
    "event": "händelse",
    "recurring": "återkommande",
    "vague": "obestämd",
    "start": "start",
    "effect": "effekt",
    "decide_target": "beslut om mål",
}
BASIS = {
    "printed": "tryckt på stället",
    "sentence": "ur samma mening",
    "meeting": "ur sammanträdets datum",
    "document": "ur dokumentets år",
    "unknown": "okänt",
    "organisation": "ur organisationens regler",
    "heading": "ur rubriken",
    "lead_in": "ur listans inledning",
    "section": "ur avsnittet",
    "paragraph": "ur paragrafen",
}
REFERENCE = {
    "paragraph": "paragraf",
    "diary": "diarienummer",
    "meeting": "sammanträde",
    "law": "lag",
    "document": "dokument",
    "printed_matter": "handling",
}
PRECISION = {
    "day": "dag",
    "day_range": "dagar",
    "month": "månad",
    "month_range": "månader",
    "month_end": "månadsslut",
    "quarter": "kvartal",
    "season": "årstid",
    "half": "halvår",
    "year": "år",
    "year_range": "flera år",
    "part_of_month": "del av månad",
    "part_of_year": "del av år",
    "event": "händelse",
    "week": "vecka",
}
STATUS_OF_DOCUMENT = {"ok": "läst", "partial": "läst, något att granska", "failed": "kunde inte läsas"}


def said(words: dict[str, str], value: str | None) -> str:
    """The Swedish word for ``value``; a value we have no word for is shown as it is rather than hidden."""
    return words.get(value, value) if value else "–"


def kronor(amount: int) -> str:
    """ "–63 000 000 kr": thin groups as Swedish print has them, a real minus."""
    return f"{'−' if amount < 0 else ''}{abs(amount):,}".replace(",", "\N{NO-BREAK SPACE}") + "\N{NO-BREAK SPACE}kr"
