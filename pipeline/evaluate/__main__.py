"""``python -m pipeline.evaluate GOLD PDF [GOLD PDF ...]``: the figures, without the rest of the command line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from pipeline.evaluate import GoldError, evaluate_many


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of one or more (gold, PDF) folder pairs. Exit codes: 0 printed, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.evaluate", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="GOLD PDF", help="pairs of a gold folder and its PDF folder")
    parser.add_argument("--organisation", help='an organisation\'s id; "none" for no organisation folder at all')
    parser.add_argument("--misses", action="store_true", help="print every miss")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("--noise", type=float, default=0.0, help="share of characters replaced by look-alikes, such as 0.01")
    parser.add_argument("--seed", type=int, default=1, help="seed of the noise")
    options = parser.parse_args(arguments)
    if len(options.folders) % 2:
        print("Folders come in pairs: the gold, then the PDFs.", file=sys.stderr)
        return 2
    pairs = list(zip(options.folders[::2], options.folders[1::2], strict=True))
    try:
        report = evaluate_many(pairs, options.organisation, noise=options.noise, seed=options.seed)
    except GoldError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
        return 0
    console = Console(width=None if sys.stdout.isatty() else 140)
    if options.misses:
        for line in report.misses():
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(report.table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
