"""Regular expressions that tell where they may match.

``re`` looks for a match from character to character. Where it knows with which characters one begins it tries only there, ten times as
fast; but it knows that only of an expression that begins with a letter or a class of letters, not of one that begins with a border of a
word, with what must not stand before it, with a word that may be left out, or with alternatives, as most turns of phrase do. rules/looks.py
reads off an expression with what its matches begin, and here ``re`` is told. What is matched stays the same (tested with texts of every
rule).
"""

from __future__ import annotations

import _sre  # type: ignore[import-not-found]
import re
import sys
from re import _compiler as sre_compiler  # type: ignore[attr-defined]
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

from rules.looks import begins_with

_KNOWN = sys.version_info[:2] == (3, 11)
"""Whether this is the Python whose compiled expressions are laid out as below; with another one :func:`expression` is ``re.compile``."""
_INFO, _WIDTH = 0, 3
"""Where the head of compiled code says that it is one, and how short a match may be."""
_LENGTH, _MASK, _HEAD = 1, 2, 5
"""Where the head says how long it is, and what it tells of the beginning; and its length where that is nothing."""
_OF_A_CLASS = 4  # SRE_INFO_CHARSET: the head goes on with a class of characters


def expression(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What ``re.compile`` gives, found sooner where ``re`` does not see for itself with what a match begins. Raises re.error."""
    if not _KNOWN:
        return re.compile(pattern, flags)
    parsed = sre_parser.parse(pattern, flags)
    code = sre_compiler._code(parsed, flags)
    every = flags | parsed.state.flags
    if code[_INFO] == sre.INFO and code[_MASK] == 0 and code[_LENGTH] == _HEAD - 1 and code[_WIDTH] > 0:
        characters = begins_with(list(parsed), ignoring=bool(every & re.IGNORECASE))
        if characters is not None:
            told = _class_of(*characters, every)
            code[_MASK], code[_LENGTH] = _OF_A_CLASS, code[_LENGTH] + len(told)
            code[_HEAD:_HEAD] = told
    groups = parsed.state.groupdict
    names: list[str | None] = [None] * parsed.state.groups
    for name, number in groups.items():
        names[number] = name
    found: re.Pattern[str] = _sre.compile(pattern, every, code, parsed.state.groups - 1, groups, tuple(names))
    return found


def _class_of(letters: frozenset[str], digits: bool, spaces: bool, flags: int) -> list[int]:
    """The compiled class of these letters, and of all digits or all white space."""
    members: list[Any] = [(sre.LITERAL, ord(letter)) for letter in sorted(letters)]
    members += [(sre.CATEGORY, sre.CATEGORY_DIGIT)] if digits else []
    members += [(sre.CATEGORY, sre.CATEGORY_SPACE)] if spaces else []
    members, _ = sre_compiler._optimize_charset(members)
    code: list[int] = []
    sre_compiler._compile_charset(members, flags, code)
    return code
