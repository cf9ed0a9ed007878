"""How right the extraction is, against gold written by people.

``evaluate(gold_dir, pdf_dir)`` reads every PDF that has a gold file, extracts, and scores as docs/quality.md says. The rules of the
scoring are in scoring.py, pure and tested apart; gold.py reads gold; report.py shows; noise.py damages pages on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from extractors.model import FileStatus, Reading
from pipeline.evaluate.gold import GoldError, load_pairs
from pipeline.evaluate.noise import add_noise
from pipeline.evaluate.report import Report
from pipeline.evaluate.scoring import DocumentScore, score_document
from rules.ruleset import NO_ORGANISATION, load_rules

__all__ = ["NO_ORGANISATION", "GoldError", "Report", "evaluate", "evaluate_many"]

Progress = Callable[[str], None]


def evaluate(
    gold_dir: Path,
    pdf_dir: Path,
    organisation: str | None = None,
    *,
    noise: float = 0.0,
    seed: int = 1,
    progress: Progress | None = None,
) -> Report:
    """Score the extraction of every document in ``gold_dir`` against its PDF in ``pdf_dir``.

    ``organisation``: an id, ``NO_ORGANISATION`` for no organisation folder at all, None to recognise it per document. ``noise`` is the
    share of characters replaced by look-alikes before extraction (0.01 is one in a hundred), drawn from ``seed``.
    Raises GoldError where a folder or a PDF is missing or a gold file cannot be read.
    """
    return evaluate_many([(gold_dir, pdf_dir)], organisation, noise=noise, seed=seed, progress=progress)


def evaluate_many(
    pairs: Iterable[tuple[Path, Path]],
    organisation: str | None = None,
    *,
    noise: float = 0.0,
    seed: int = 1,
    scans: bool = True,
    progress: Progress | None = None,
) -> Report:
    """As :func:`evaluate`, over several (gold folder, PDF folder) pairs, summed. Without ``scans``, documents that would need OCR are
    left out: what OCR reads depends on the Tesseract of the machine."""
    # Imported here: readers and extractors take a second to load, and `uppdrag --help` must not pay for it.
    from extractors.assemble import extract
    from pipeline.reading import OcrMode, read

    rules = load_rules(organisation)
    documents: list[tuple[str, DocumentScore]] = []
    for gold_dir, pdf_dir in pairs:
        for gold, pdf in load_pairs(gold_dir, pdf_dir):
            if progress:
                progress(pdf.name)
            reading = read(pdf, ocr=OcrMode.auto if scans else OcrMode.never)
            if not scans and reading.status == FileStatus.NEEDS_OCR:
                continue
            _must_be_read(reading, pdf)
            if noise:
                reading = add_noise(reading, noise, seed)
            documents.append((_label(gold_dir, pdf), score_document(gold, extract(reading, rules), damaged=noise > 0)))
    return Report(tuple(documents))


def _must_be_read(reading: Reading, pdf: Path) -> None:
    if reading.status not in (FileStatus.READ, FileStatus.READ_BY_OCR):
        raise GoldError(f"{pdf} has gold but could not be read ({reading.status.value}): {reading.message}")


def _label(gold_dir: Path, pdf: Path) -> str:
    folders: Sequence[str] = [p for p in gold_dir.resolve().parts if p != "gold"]
    return f"{folders[-1]}/{pdf.stem}"
