"""The list as PDF: the same page, printed, with tags, bookmarks and a title, as PDF/UA asks."""

from __future__ import annotations

import hashlib
import logging

from pipeline.export.annex.contents import Annex, AnnexError
from pipeline.export.annex.page import page


def paper(listed: Annex) -> bytes:
    """The list as PDF. Raises AnnexError where Pango, which sets the text, is not installed."""
    try:
        from weasyprint import HTML
    except OSError as error:
        raise AnnexError("PDF needs Pango: install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0.") from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    written = page(listed)
    identifier = hashlib.sha256(written).digest()[:16]
    made = HTML(string=written.decode()).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    assert isinstance(made, bytes)
    return made
