"""``make compile``: machine code for the modules that every page goes through, made by mypyc of their typed Python.

Whether it is used, and that an old one never is, see rules/compiled.py. Needs a C compiler, Python's headers and the extra "compile".
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from rules.compiled import MANIFEST, PLACE, ROOT, SHARED, digest, made_of

_PACKAGES = ("rules", "extractors")
_MODULES = (
    "pipeline/follow_up/history.py",
    "pipeline/follow_up/relink.py",
    "pipeline/reading/columns.py",
    "pipeline/reading/fragments.py",
    "pipeline/reading/geometry.py",
    "pipeline/reading/layout.py",
    "pipeline/reading/letter_spacing.py",
    "pipeline/reading/pdfium.py",
    "pipeline/reading/rulings.py",
    "pipeline/reading/usable.py",
    "pipeline/rows.py",
)
"""What else takes a thirtieth of a page's time or more, and waits for no other program."""
_IN_C = ("pipeline/reading/many.c",)
"""Modules written in C, to run in place of the Python beside them, which does the same."""
_LEFT_OUT = ("__init__.py", "rules/compiled.py", "rules/schema.py")
"""Packages themselves, which must be there as Python; what decides whether the machine code is taken; classes of pydantic."""
LOG = PLACE.with_suffix(".log")
"""What the compilers said last."""


def typed_modules() -> list[str]:
    """The Python that mypyc makes machine code of, from the project's root."""
    found = [path.relative_to(ROOT).as_posix() for package in _PACKAGES for path in sorted((ROOT / package).glob("*.py"))]
    return [*(path for path in found if not path.endswith(_LEFT_OUT)), *_MODULES]


def compiled_sources() -> list[str]:
    """All sources that the machine code stands for, from the project's root."""
    return [*typed_modules(), *_IN_C, *(path.removesuffix(".c") + ".py" for path in _IN_C)]


def why_not() -> str | None:
    """What is wanted for it, as a sentence; None where nothing is."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        return f"There is no C compiler ({compiler})."
    if not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        return "Python's headers are not there."
    try:
        import mypyc.build  # noqa: F401 - not among what the program itself needs
    except ImportError:
        return 'mypyc is not there: install the extra "compile".'
    return None


def make() -> bool:
    """Makes it, and puts it in the place of the one before; whether that went well. :data:`LOG` has what the compilers said."""
    sources = compiled_sources()
    named = digest(sources)
    with tempfile.TemporaryDirectory(prefix="uppdrag-compile-") as folder, LOG.open("wb") as out:
        made = Path(folder) / "lib"
        command = [sys.executable, "-m", "pipeline.compile", "--into", folder]
        if subprocess.run(command, cwd=ROOT, stdout=out, stderr=out, check=False).returncode:
            return False
        if digest(sources) != named:
            out.write(b"A source was changed meanwhile.\n")
            return False
        (made / MANIFEST).write_text(json.dumps({"digest": named, "sources": sources}, indent=1), encoding="utf-8")
        beside = Path(tempfile.mkdtemp(prefix="uppdrag_compiled-", dir=PLACE.parent))
        shutil.copytree(made, beside, dirs_exist_ok=True)
        beside.chmod(0o755)
    # What runs has the one before in memory and goes on with it.
    before = Path(tempfile.mkdtemp(prefix="uppdrag_compiled-", dir=PLACE.parent))
    if PLACE.exists():
        PLACE.rename(before)
    beside.rename(PLACE)
    shutil.rmtree(before)
    return True


def _into(folder: Path) -> None:
    """Has mypyc and the C compiler make the modules; they come to lie in ``folder / "lib"``."""
    from mypyc.build import mypycify
    from setuptools import Distribution, Extension

    settings = ["--config-file", "pyproject.toml"] if Path("pyproject.toml").exists() else ["--ignore-missing-imports"]
    extensions = mypycify(
        [*settings, "--cache-dir", str(folder / "cache"), *typed_modules()],
        opt_level="2", debug_level="0", multi_file=True, group_name=SHARED.removesuffix("__mypyc"), target_dir=str(folder / "c"),
    )  # fmt: skip
    extensions += [
        # A product and a sum are rounded apart, as Python rounds them, whatever the processor could do at once.
        Extension(path.removesuffix(".c").replace("/", "."), [str(ROOT / path)], extra_compile_args=["-ffp-contract=off"])
        for path in _IN_C
    ]
    distribution = Distribution({"name": "uppdrag", "ext_modules": extensions})
    command = distribution.get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(folder / "lib"), str(folder / "objects")
    command.parallel = os.cpu_count()
    distribution.run_command("build_ext")


def main() -> int:
    """The command. Without machine code the program does the same, slower, so that is no error."""
    if sys.argv[1:2] == ["--into"]:
        _into(Path(sys.argv[2]))
        return 0
    if made_of() == compiled_sources():
        return 0
    slower = "Without it a page takes a third longer."
    if reason := why_not():
        print(f"{reason} {slower}")
        return 0
    print("Making machine code of the modules that every page goes through (two minutes) ...", flush=True)
    if make():
        return 0
    print(f"That did not work: see {LOG}. {slower}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
