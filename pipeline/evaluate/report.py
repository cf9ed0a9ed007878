"""The figures of an evaluation, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from pipeline.evaluate.scoring import FIELDS, Counts, DocumentScore


@dataclass(frozen=True)
class Report:
    """Scores of documents, in the order they were read, each with its folder and name."""

    documents: tuple[tuple[str, DocumentScore], ...]

    @property
    def total(self) -> DocumentScore:
        """All documents added up: shares and F1 are of the sums, not means of documents."""
        return sum((score for _, score in self.documents), DocumentScore())

    def to_json(self) -> dict[str, Any]:
        """``{"total": figures, "documents": [{"name", **figures, "misses"}]}``; a figure that has no ground is null."""
        documents = [{"name": name, **_figures(score), "misses": [_miss(m) for m in score.misses]} for name, score in self.documents]
        return {"total": _figures(self.total), "documents": documents}

    def misses(self) -> Iterator[str]:
        """Every miss as lines of text, under the name of its document; a document without any is not named."""
        for name, score in self.documents:
            if score.misses:
                yield f"── {name} {'─' * max(100 - len(name), 3)}"
                yield from (str(miss) for miss in score.misses)

    def table(self) -> Table:
        """One row a document and a last one for all of them."""
        table = Table(title="Figures", caption="found, amounts, dates: F1. The rest: shares of all core assignments.")
        table.add_column("document", overflow="fold")
        for heading in ("gold", "prec.", "recall", "found", *(f.replace("_", " ") for f in FIELDS), "whole", "amounts", "dates"):
            table.add_column(heading, justify="right")
        for name, score in self.documents:
            table.add_row(name, *_row(score))
        table.add_section()
        table.add_row("all", *_row(self.total), style="bold")
        extra = self.total
        notes = [
            f"deadlines with optional ones aside {_shown(extra.share('deadlines, dated'))}",
            f"names right as resolved {_shown(extra.share('names, resolved'))}",
            f"references {_shown(extra.references.f1)}",
            f"persons {_shown(extra.persons.f1)}",
        ]
        table.caption = f"{table.caption}\nBeside the figures: {', '.join(notes)}."
        return table


def _row(score: DocumentScore) -> list[str]:
    found = score.found
    return [
        str(found.gold),
        *(_shown(value) for value in (found.precision, found.recall, found.f1)),
        *(_shown(score.share(name)) for name in (*FIELDS, "whole")),
        _shown(score.amounts.f1),
        _shown(score.dates.f1),
    ]


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _figures(score: DocumentScore) -> dict[str, Any]:
    return {
        "found": _counts(score.found),
        "fields": {name: score.share(name) for name in (*FIELDS, "whole")},
        "beside": {"deadlines_dated": score.share("deadlines, dated"), "names_resolved": score.share("names, resolved")},
        "amounts": _counts(score.amounts),
        "dates": _counts(score.dates),
        "references": _counts(score.references),
        "persons": _counts(score.persons),
    }


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "right": counts.right,
        "predicted": counts.predicted,
        "gold": counts.gold,
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
    }


def _miss(miss: Any) -> dict[str, str]:
    return {"what": miss.what, "where": miss.where, "wanted": miss.wanted, "got": miss.got, "note": miss.note}
