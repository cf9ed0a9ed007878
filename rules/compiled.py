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
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

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


def made_of() -> list[str]:
    """The sources that there is machine code of; none where one of them is not what it was when it was made."""
    try:
        made = json.loads((PLACE / MANIFEST).read_bytes())
        return list(made["sources"]) if digest(made["sources"]) == made["digest"] else []
    except (OSError, ValueError, KeyError):
        return []


class _Finder(MetaPathFinder):
    """Finds modules among the machine code."""

    def __init__(self) -> None:
        suffix = EXTENSION_SUFFIXES[0]
        self.files = {".".join(file.relative_to(PLACE).parts).removesuffix(suffix): file for file in PLACE.rglob(f"*{suffix}")}

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        file = self.files.get(fullname)
        return spec_from_file_location(fullname, file) if file is not None else None


IN_USE = os.environ.get("UPPDRAG_COMPILED") != "0" and bool(made_of())
"""Whether this process runs the machine code. UPPDRAG_COMPILED=0 asks for the sources."""

if IN_USE:
    sys.meta_path.insert(0, _Finder())
