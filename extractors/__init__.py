"""Pure functions from pages to assignments: text and geometry in, records with spans out. No input or output here."""
