"""Machine code of the modules that every page goes through, where it was made of these very sources.

``make compile`` has mypyc make it (pipeline/compile.py): of the same typed Python, in two minutes, and what comes out is the same. It lies
among the installed libraries, not beside the sources, and is taken only while each source is, byte for byte, what it was made of; after
any change, by an editor or an update, the sources are run as they are until it is made again. So nothing but speed hangs on it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterable
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = Path(sysconfig.get_path("platlib")) / "uppdrag_compiled"
MANIFEST = "made_of.json"
SHARED = "uppdrag__mypyc"
"""The library that holds the code of all modules; what lies under their names only points into it."""


def digest(sources: Iterable[str]) -> str:
    """One name for the contents of these files, given from the project's root. Raises OSError where one is not there."""
    whole = hashlib.sha256()
    for source in sorted(sources):
        whole.update(f"{source}\0".encode() + hashlib.sha256((ROOT / source).read_bytes()).digest())
    return whole.hexdigest()


def _current() -> Path | None:
    """Where the machine code of the sources as they are now lies; None where there is none, or UPPDRAG_COMPILED=0 asks for the sources."""
    if os.environ.get("UPPDRAG_COMPILED") == "0":
        return None
    try:
        made = json.loads((PLACE / MANIFEST).read_bytes())
        if digest(made["sources"]) != made["digest"]:
            return None
        spec = spec_from_file_location(SHARED, loader=ExtensionFileLoader(SHARED, str(PLACE / f"{SHARED}{EXTENSION_SUFFIXES[0]}")))
        if spec is None or spec.loader is None:
            return None
        library = module_from_spec(spec)
        spec.loader.exec_module(library)
        sys.modules[SHARED] = library
    except (OSError, ValueError, KeyError, ImportError):
        return None
    return PLACE


_PLACE_NOW = _current()


def in_use() -> bool:
    """Whether this process runs the machine code."""
    return _PLACE_NOW is not None


def before_sources(path: list[str]) -> None:
    """Has a package of ours, given its ``__path__``, look for a module among the machine code before it looks among the sources."""
    if _PLACE_NOW is not None:
        path.insert(0, str(_PLACE_NOW / Path(path[0]).resolve().relative_to(ROOT)))
