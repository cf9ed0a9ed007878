"""A draw at random, to be read by a person: assignments that were found, and sentences with "uppdra" in which none was found.

The figures on gold say how right the extraction is where people have read everything. For whole archives that nobody has annotated, a
person reads a draw against the printed pages and writes a verdict a row; :func:`tally` makes precision and recall of it. The draw is
decided by its seed and by what was extracted: the same archive and the same rules give the same draw.
"""

from __future__ import annotations

import csv
import io
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.model import Assignment, Document, Extraction, FileStatus, Party, Span
from extractors.sentences import sentences
from rules.ruleset import Rules, load_rules

WORD = "uppdra"
COLUMNS = ("number", "what", "file", "page", "paragraph", "text", "verdict", "errors", "note")
VERDICTS = {"assignment": ("right", "wrong"), "sentence": ("none", "missed")}
_ABOVE = _BELOW = 9
_POPULATION = re.compile(r"assignments (?P<assignments>\d+), sentences (?P<sentences>\d+), seed -?\d+")


class DrawError(Exception):
    """A draw or its reading cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Drawn:
    """One thing to read. ``what`` is "assignment" or "sentence"; ``record`` says what was extracted (for a sentence: why nothing was,
    where a rule said so); ``printed`` are the lines around it as they stand on the page, its own marked with ">"."""

    what: str
    file: str
    page: int
    paragraph: str
    text: str
    record: tuple[tuple[str, str], ...]
    printed: tuple[str, ...]


@dataclass(frozen=True)
class Draw:
    """What was drawn, from how many. ``unread`` are files that gave no text, with the reason."""

    drawn: tuple[Drawn, ...]
    seed: int
    assignments: int
    sentences: int
    unread: tuple[str, ...] = ()

    def for_reading(self) -> str:
        """Everything drawn as Markdown, numbered as in :meth:`form`."""
        return "".join([self._heading(), *(_shown(n, d) for n, d in enumerate(self.drawn, 1))])

    def form(self) -> str:
        """The rows to fill in, as CSV: ``verdict`` is right or wrong for an assignment, none or missed for a sentence; ``errors`` names
        the fields that are wrong or the kind of miss, separated by ";"."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        population = f"assignments {self.assignments}, sentences {self.sentences}, seed {self.seed}"
        writer.writerow(["0", "population", "", "", "", population, "", "", ""])
        writer.writerows([str(n), d.what, d.file, str(d.page), d.paragraph, d.text, "", "", ""] for n, d in enumerate(self.drawn, 1))
        return out.getvalue()

    def write(self, stem: Path) -> tuple[Path, Path]:
        """Write STEM.md to read and STEM.csv to fill in. Raises DrawError where STEM.csv is there, since verdicts may stand in it."""
        text, form = stem.with_name(f"{stem.name}.md"), stem.with_name(f"{stem.name}.csv")
        try:
            with form.open("x", encoding="utf-8", newline="") as out:
                out.write(self.form())
        except FileExistsError:
            raise DrawError(f"{form} is there already, perhaps with verdicts in it; choose another name or remove it.") from None
        text.write_text(self.for_reading(), encoding="utf-8")
        return text, form

    def _heading(self) -> str:
        counts = Counter(d.what for d in self.drawn)
        unread = "".join(f"Not read: {name}\n" for name in self.unread)
        return (
            f"# Draw, seed {self.seed}\n\n{counts['assignment']} of {self.assignments} assignments and {counts['sentence']} of "
            f"{self.sentences} sentences with “{WORD}” that gave none.\n{unread}"
        )


def draw(
    paths: Iterable[Path], count: int = 100, seed: int = 1, organisation: str | None = None, progress: Callable[[str], None] | None = None
) -> Draw:
    """``count`` assignments and as many sentences with "uppdra" that gave none, at random from the PDFs in ``paths`` (files or folders).

    Assignments that repeat an earlier point, and weaker acts, are not drawn; a sentence that holds either is not one that gave none.
    Raises DrawError where there is no PDF.
    """
    from extractors.assemble import extract
    from pipeline.reading import read

    rules = load_rules(organisation)
    found: list[Drawn] = []
    bare: list[Drawn] = []
    unread: list[str] = []
    for path in _pdfs(paths):
        if progress:
            progress(path.name)
        reading = read(path)
        if reading.status not in (FileStatus.READ, FileStatus.READ_BY_OCR):
            unread.append(f"{path.name} ({reading.status.value})")
            continue
        extraction = extract(reading, rules)
        found += _assignments(path.name, extraction)
        bare += _sentences(path.name, extraction, rules)
    chance = random.Random(seed)  # noqa: S311 - a repeatable draw, not a secret
    picked = [*_pick(chance, found, count), *_pick(chance, bare, count)]
    return Draw(tuple(picked), seed, len(found), len(bare), tuple(unread))


def _pick(chance: random.Random, all_of_them: Sequence[Drawn], count: int) -> list[Drawn]:
    """At random, then in the order they stand, so that a reader turns each page once."""
    return [all_of_them[n] for n in sorted(chance.sample(range(len(all_of_them)), min(count, len(all_of_them))))]


def _pdfs(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise DrawError(f"There is no {path}.")
        files += sorted(p for p in path.rglob("*") if p.suffix.lower() == ".pdf") if path.is_dir() else [path]
    if not files:
        raise DrawError("There is no PDF to draw from.")
    return files


def _assignments(file: str, extraction: Extraction) -> Iterator[Drawn]:
    for a in extraction.assignments:
        if a.act == "assignment" and a.duplicate_of is None:
            yield _drawn("assignment", file, extraction.document, a.span, a.paragraph, a.text, _record(a))


def _sentences(file: str, extraction: Extraction, rules: Rules) -> Iterator[Drawn]:
    document = extraction.document
    taken = [span for a in extraction.assignments for span in (a.span, a.task_span)]
    for block in document.blocks:
        for span in sentences(document, block, rules):
            if WORD in document.text[span.start : span.end].lower() and not any(span.overlaps(t) for t in taken):
                why = tuple(("not an assignment", f"{n.reason} ({n.rule})") for n in extraction.not_assignments if n.span.overlaps(span))
                yield _drawn("sentence", file, document, span, block.paragraph, document.text[span.start : span.end], why)


def _drawn(what: str, file: str, document: Document, span: Span, paragraph: int, text: str, record: tuple[tuple[str, str], ...]) -> Drawn:
    number = document.paragraphs[paragraph].number if 0 <= paragraph < len(document.paragraphs) else ""
    return Drawn(what, file, document.page_of(span.start), number, " ".join(text.split()), record, _printed(document, span))


def _printed(document: Document, span: Span) -> tuple[str, ...]:
    """The page's own lines, heads and feet too, from some above the span to some below it, over page breaks."""
    own = {(s.page, s.line) for s in document.segments if s.start < span.end and span.start < s.end}
    if not own:
        return ()
    everything = [(page.number, n) for page in document.pages for n in range(len(page.lines))]
    first, last = everything.index(min(own)), everything.index(max(own))
    shown = []
    for page, n in everything[max(first - _ABOVE, 0) : last + 1 + _BELOW]:
        shown.append(f"{'>' if (page, n) in own else ' '} {page:>3} | {document.pages[page - 1].lines[n].text}")
    return tuple(shown)


def _record(a: Assignment) -> tuple[tuple[str, str], ...]:
    told = (
        ("status", a.status),
        ("assigner", _names(a.assigner)),
        ("assignees", _names(a.assignees)),
        ("partners", _names(a.partners)),
        ("task", a.task),
        ("deadlines", "; ".join(f"{d.raw} [{d.kind} {d.first or '?'}–{d.last or '?'}, {d.basis}]" for d in a.deadlines)),
        ("report to", _names(a.report_to)),
        ("amounts", "; ".join(f"{m.raw} = {m.sek}" for m in a.amounts)),
        ("why", "; ".join(f"{c.effect}: {c.why}" for c in a.cues)),
        ("confidence", f"{a.confidence:.2f}"),
    )
    return tuple((label, value) for label, value in told if value)


def _names(parties: Sequence[Party]) -> str:
    return ", ".join(p.name for p in parties)


def _shown(number: int, d: Drawn) -> str:
    record = "".join(f"- {label}: {value}\n" for label, value in d.record)
    printed = "\n".join(d.printed)
    # A fence longer than any run of backticks a page could print.
    return f"\n## {number}. {d.what}: {d.file}, page {d.page} {d.paragraph}\n\n{d.text}\n\n{record}\n~~~~~~~~text\n{printed}\n~~~~~~~~\n"


# ------------------------------------------------------------------------------------------------------------------ the reading


@dataclass(frozen=True)
class Tally:
    """What a person's reading of a draw comes to. ``errors`` counts kinds of error, most common first."""

    right: int
    wrong: int
    whole: int
    none: int
    missed: int
    assignments: int
    sentences: int
    errors: tuple[tuple[str, int], ...]

    @property
    def precision(self) -> float:
        """Share of the drawn assignments that are assignments."""
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of the assignments in sentences with "uppdra": the share that was found, both sides scaled from the draw to all."""
        found = self.precision * self.assignments
        lost = self.missed / (self.none + self.missed) * self.sentences if self.none + self.missed else 0.0
        return found / (found + lost) if found + lost else 0.0

    def markdown(self) -> str:
        """The table for docs/quality.md."""
        read = self.right + self.wrong
        low, high = wilson(self.right, read)
        rows = [
            ("assignments read", f"{read} of {self.assignments}"),
            ("precision", f"{self.precision:.3f} ({low:.3f}–{high:.3f})"),
            ("every field right", f"{self.whole / read:.3f}"),
            ("sentences with “uppdra” that gave none, read", f"{self.none + self.missed} of {self.sentences}"),
            ("assignments missed in them", str(self.missed)),
            ("recall", f"{self.recall:.3f}"),
            *((f"error: {kind}", str(times)) for kind, times in self.errors),
        ]
        return "| what | figure |\n| --- | --- |\n" + "".join(f"| {what} | {figure} |\n" for what, figure in rows)


def tally(form: str) -> Tally:
    """The figures of a filled-in form (the text of the CSV). Raises DrawError naming the first row without a verdict, or with one that
    is none of those :data:`VERDICTS` has for it."""
    rows = list(csv.DictReader(io.StringIO(form)))
    population = next((m for r in rows if r.get("what") == "population" and (m := _POPULATION.fullmatch(r.get("text") or ""))), None)
    if population is None:
        raise DrawError("The form has lost its row 0, which says how many there were to draw from; draw again with the same seed.")
    verdicts: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    whole = 0
    for row in rows:
        if row["what"] == "population":
            continue
        allowed = VERDICTS.get(row["what"], ())
        if row["verdict"] not in allowed:
            raise DrawError(f"Row {row['number']} has the verdict {row['verdict']!r}; it must be one of {', '.join(allowed)}.")
        verdicts[row["verdict"]] += 1
        kinds = [kind.strip() for kind in row["errors"].split(";") if kind.strip()]
        errors.update(kinds)
        whole += row["verdict"] == "right" and not kinds
    if not verdicts["right"] + verdicts["wrong"]:
        raise DrawError("The form has no assignment; there is nothing to count.")
    return Tally(
        verdicts["right"],
        verdicts["wrong"],
        whole,
        verdicts["none"],
        verdicts["missed"],
        int(population["assignments"]),
        int(population["sentences"]),
        tuple(errors.most_common()),
    )


def wilson(right: int, of: int) -> tuple[float, float]:
    """Bounds that hold 95 times in 100 for a share of ``right`` in ``of`` drawn (Wilson's interval)."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, right / of
    centre, spread = share + z * z / (2 * of), z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max((centre - spread) / (1 + z * z / of), 0.0), min((centre + spread) / (1 + z * z / of), 1.0)
