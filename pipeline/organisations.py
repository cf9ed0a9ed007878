"""A new organisation's folder of rules, started from the template."""

from __future__ import annotations

import re
from pathlib import Path

from rules.ruleset import HERE, NO_ORGANISATION

_TEMPLATE = "_template"


class OrganisationError(Exception):
    """The folder cannot be made; one sentence for a person."""


def new_organisation(identity: str, root: Path | None = None) -> Path:
    """The folder ``rules/organisations/<identity>``, with the template's files under the new name.

    Raises :class:`OrganisationError` where the name cannot be used or the folder is there already.
    """
    root = root or HERE / "organisations"
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", identity) or identity == NO_ORGANISATION:
        raise OrganisationError(f"{identity!r} cannot name an organisation: use a-z, 0-9 and hyphens, such as region-dalarna.")
    folder = root / identity
    try:
        folder.mkdir()
    except FileExistsError:
        raise OrganisationError(f"{folder} is there already: edit its files, or choose another name.") from None
    except OSError as error:
        raise OrganisationError(f"{folder} cannot be made ({error.strerror}): run from a checkout you may write to.") from error
    for source in sorted((root / _TEMPLATE).glob("*.toml")):
        text = re.sub(r"(?m)^id = .*$", f"id = '{identity}'", source.read_text(encoding="utf-8"), count=1)
        (folder / source.name).write_text(text, encoding="utf-8")
    return folder
