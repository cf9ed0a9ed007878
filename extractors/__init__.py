"""Pure functions from pages to assignments: text and geometry in, records with spans out. No input or output here."""

import rules.compiled  # noqa: F401 - decides which of our modules are taken as machine code, before one is imported
