"""The language and the organisations, as data with its proof. ``rules.ruleset.load_rules()`` is where to begin."""

import rules.compiled  # noqa: F401 - decides which of our modules are taken as machine code, before one is imported
