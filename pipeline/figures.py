"""The figures in README.md and docs/quality.md: computed, written between markers, and tested to be current.

A block of figures stands between ``<!-- figures:NAME -->`` and ``<!-- end of figures -->``. The block ``samples`` is computed from the
sample documents of the repository; ``corpus`` from the real documents beside it, and is left as it stands where those are not there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.evaluate import NO_ORGANISATION, evaluate_many
from pipeline.evaluate.scoring import DocumentScore
from rules.ruleset import load_rules

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "data" / "raw"
CORPUS = ROOT.parent / "shared" / "corpus"
PAGES = (ROOT / "README.md", ROOT / "docs" / "quality.md")

NOISE = 0.01
_BLOCK = re.compile(r"(<!-- figures:(?P<name>\w+) -->\n)(?P<body>.*?)(<!-- end of figures -->)", re.DOTALL)
_COLUMNS = ("documents", "gold", "found", "status", "assigner", "assignees", "deadline", "report to", "whole", "amounts", "dates")

Pair = tuple[Path, Path]


class FiguresError(Exception):
    """A page has no block to write into, or one that is not known; the message says which."""


@dataclass(frozen=True)
class Written:
    """What :func:`write_figures` did to one page."""

    page: Path
    changed: bool
    left: tuple[str, ...]


def samples_block(samples: Path = SAMPLES) -> str:
    """The sample documents with a text layer, with every rule and with none of an organisation."""
    pairs = [(samples / "gold", samples)]
    rows = [
        ("sample documents", evaluate_many(pairs, scans=False).documents),
        ("the same, no organisation folder", evaluate_many(pairs, NO_ORGANISATION, scans=False).documents),
    ]
    return _table([_row(label, [score for _, score in documents]) for label, documents in rows])


def corpus_block(corpus: Path = CORPUS) -> str:
    """The real documents: each folder of gold, both together, without organisation folders, with noise; and what bulk gives."""
    seeds, goteborg = (corpus / "seeds" / "gold", corpus / "seeds"), (corpus / "goteborg" / "gold", corpus / "goteborg" / "pdf")
    both = [seeds, goteborg]
    known = evaluate_many(both).documents
    rows = [
        _row("seeds", [score for name, score in known if name.startswith("seeds/")]),
        _row("Göteborg", [score for name, score in known if name.startswith("goteborg/")]),
        _row("both", [score for _, score in known]),
        _row("both, no organisation folder", [score for _, score in evaluate_many(both, NO_ORGANISATION).documents]),
        _row("both, 1 % of characters damaged", [score for _, score in evaluate_many(both, noise=NOISE).documents]),
    ]
    return f"{_table(rows)}\n{bulk_sentence(corpus / 'bulk')}\n"


def bulk_sentence(folder: Path) -> str:
    """How much stands in the meetings nobody has annotated, and what came out."""
    from extractors.assemble import extract
    from pipeline.reading import read

    rules = load_rules()
    counts: Counter[str] = Counter()
    for pdf in sorted(folder.glob("*.pdf")):
        reading = read(pdf)
        extraction = extract(reading, rules)
        given = [a for a in extraction.assignments if a.act == "assignment" and a.duplicate_of is None]
        counts.update(documents=1, pages=len(reading.pages), paragraphs=len(extraction.document.paragraphs), assignments=len(given))
        counts.update(a.status for a in given)
        counts["doubt"] += sum(a.needs_review is not None for a in given)
    return (
        f"Bulk: {counts['documents']} meetings of {counts['pages']} pages hold {counts['paragraphs']:,} § and {counts['assignments']} "
        f"assignments ({counts['decided']} decided, {counts['proposed']} proposed, {counts['cited']} cited); "
        f"{counts['doubt']} ask for a look."
    )


def _row(label: str, scores: Iterable[DocumentScore]) -> tuple[str, ...]:
    scores = list(scores)
    total = sum(scores, DocumentScore())
    shares = (total.share(name) for name in ("status", "assigner", "assignees", "deadlines", "report_to", "whole"))
    figures = (total.found.f1, *shares, total.amounts.f1, total.dates.f1)
    return (label, str(len(scores)), str(total.found.gold), *("–" if f is None else f"{f:.3f}" for f in figures))


def _table(rows: Sequence[Sequence[str]]) -> str:
    head = f"| | {' | '.join(_COLUMNS)} |\n| --- |{' ---: |' * len(_COLUMNS)}\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _blocks(samples: Path, corpus: Path) -> dict[str, Callable[[], str] | None]:
    return {"samples": lambda: samples_block(samples), "corpus": (lambda: corpus_block(corpus)) if corpus.is_dir() else None}


def renewed(text: str, blocks: dict[str, str]) -> str:
    """``text`` with each named block holding its new figures; blocks that are not named stay as they are."""

    def put(match: re.Match[str]) -> str:
        new = blocks.get(match["name"])
        return match[0] if new is None else f"{match[1]}{new}{match[4]}"

    return _BLOCK.sub(put, text)


def names_in(text: str) -> list[str]:
    """The blocks of a page, in order."""
    return [match["name"] for match in _BLOCK.finditer(text)]


def write_figures(pages: Sequence[Path] = PAGES, samples: Path = SAMPLES, corpus: Path = CORPUS, *, write: bool = True) -> list[Written]:
    """Compute the figures and put them into ``pages``; with ``write`` false only say what would change.

    Blocks whose documents are not there are left as they stand and are named in ``left``. Raises FiguresError where a page has no
    block, or one we do not know.
    """
    known, done, result = _blocks(samples, corpus), dict[str, str](), list[Written]()
    for page in pages:
        text = page.read_text(encoding="utf-8")
        names = names_in(text)
        unknown = [name for name in names if name not in known]
        if unknown or not names:
            raise FiguresError(
                f"{page.name} has {'a block of figures we do not know: ' + unknown[0] if unknown else 'no block of figures'}."
            )
        for name in names:
            compute = known[name]
            if compute is not None and name not in done:
                done[name] = compute()
        after = renewed(text, done)
        if write and after != text:
            page.write_text(after, encoding="utf-8")
        result.append(Written(page, after != text, tuple(name for name in names if name not in done)))
    return result
