"""Pure functions from pages to assignments: text and geometry in, records with spans out. No input or output here."""

from rules.compiled import before_sources

before_sources(__path__)
