"""Everything that touches the world: reading PDFs, running flows, storing rows, serving pages, the command line."""

import rules.compiled  # noqa: F401 - decides which of our modules are taken as machine code, before one is imported
