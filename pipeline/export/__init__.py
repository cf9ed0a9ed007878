"""What ``uppdrag extract`` gives: one object as JSON for programs, a table for the terminal, a page that explains itself.

``as_json`` is the contract other tools read (contract.py has every key); ``as_table`` shows the same at a terminal; ``as_html`` shows
the text with everything found in it, and why.
"""

from pipeline.export.contract import ExtractionJson, as_json
from pipeline.export.explained import as_html
from pipeline.export.terminal import as_table

__all__ = ["ExtractionJson", "as_html", "as_json", "as_table"]
