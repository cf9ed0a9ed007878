"""Does our naive pipeline take the time of the reference program? ``python -m tests.pipeline.bench.agreement [TURNS]``

Both over the same documents, one after the other, turn by turn: the middle one of the turns' ratios of processor time has to be within a
tenth of 1. A trial of its own, not a test: on a machine that others use a turn can be slower by half. That both do the same work is a
test (test_bench.py). Needs the reference program and the documents of ../shared.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.bench import THEIRS, naive
from pipeline.bench.material import SHARED, make

_PAGES = 60


def _processor_seconds(program: Path, folder: Path, db: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, str(program), str(folder), str(db)], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(turns: int) -> int:
    """Prints each turn and the middle ratio; 0 where it is within a tenth of 1."""
    if not THEIRS.is_file():
        print(f"The reference program is not here: {THEIRS}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        material = make(folder / "files", _PAGES, sorted((SHARED / "corpus" / "seeds").glob("*.pdf")))
        ratios = []
        for turn in range(turns):
            theirs, ours = (
                _processor_seconds(program, folder / "files", folder / f"{turn}{program.stem}.db")
                for program in (THEIRS, Path(str(naive.__file__)))
            )
            ratios.append(ours / theirs)
            print(f"turn {turn + 1}: theirs {theirs:.2f} s, ours {ours:.2f} s, {ours / theirs:.3f}", flush=True)
    middle = statistics.median(ratios)
    print(f"{material.pages} pages, {turns} turns: ours takes {middle:.3f} of theirs")
    return 0 if 0.9 <= middle <= 1.1 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7))
