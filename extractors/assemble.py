"""From a reading to an extraction: the one entry the pipeline calls."""

from __future__ import annotations

from extractors.model import Document, Extraction, Meta, Reading
from rules import Rules


def extract(reading: Reading, rules: Rules) -> Extraction:
    """Everything found in one read file."""
    document = Document("", (), (), (), (), reading.pages)
    return Extraction(Meta("okänd", organisation=rules.organisation), document, "ok", rules_fingerprint=rules.fingerprint)
