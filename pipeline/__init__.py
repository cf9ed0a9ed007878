"""Everything that touches the world: reading PDFs, running flows, storing rows, serving pages, the command line."""
