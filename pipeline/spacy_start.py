"""Imports spaCy without its command line, which it would bring along."""

from __future__ import annotations

import sys
from types import ModuleType


def import_spacy() -> None:
    """What ``import spacy`` does, in two thirds of the time.

    NOTE: ``spacy/__init__.py`` takes one function, ``info``, from its command line, and with it a downloader, two HTTP clients and
    project templates: 0.4–0.6 s of 1.1–1.4 s that each worker process would spend before its first page. A module of the same name
    stands in for it meanwhile and is gone afterwards, so that whoever wants spaCy's command line still gets the real one.
    """
    if "spacy" in sys.modules:
        return
    package, module = ModuleType("spacy.cli"), ModuleType("spacy.cli.info")
    module.__dict__["info"] = None
    stands_in = {package.__name__: package, module.__name__: module}
    sys.modules.update(stands_in)
    try:
        import spacy  # noqa: F401 - that it is imported is all that is wanted
    finally:
        for name in stands_in:
            sys.modules.pop(name, None)
