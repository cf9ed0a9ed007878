"""Whose meeting a reference points to: "den 2 maj 2023, § 62" is RS 2023-05-02 § 62 where the text says that the regional board met.

The body is the one named right before the reference, else the one that gave the assignment the reference is the source of. What neither
says stays without a body. Known boards are given by their acronym, others by their name in full.
"""

from __future__ import annotations

from bisect import bisect_right

from extractors.bodies import Bodies
from extractors.mentions import within
from extractors.model import Assignment, DateMention, Document, Reference
from extractors.resolve import Resolver
from rules.ruleset import Rules

_NEAR = 70  # characters before a reference in which its body is named
_BOARDS = ("board", "assembly", "committee")


def with_bodies(
    document: Document,
    references: tuple[Reference, ...],
    dates: tuple[DateMention, ...],
    assignments: tuple[Assignment, ...],
    resolver: Resolver,
    rules: Rules,
) -> tuple[Reference, ...]:
    """``references`` with the body and the day of the meeting in ``normalized``, for those to a § of another meeting and to meetings.

    Without a body the normal form stays as it was, save that a day whose year was inferred is given whole.
    """
    return tuple(
        _completed(r, document, dates, assignments, resolver, rules) if r.kind in ("paragraph", "meeting") else r for r in references
    )


def _completed(
    reference: Reference,
    document: Document,
    dates: tuple[DateMention, ...],
    assignments: tuple[Assignment, ...],
    resolver: Resolver,
    rules: Rules,
) -> Reference:
    mention = next((d for d in within(dates, reference.span) if d.precision in ("day", "day_range") and d.last is not None), None)
    if mention is None or mention.last is None:
        return reference  # "§ 40" of these minutes
    day = mention.last.isoformat()
    if mention.precision == "day_range" and mention.first is not None and mention.first.month == mention.last.month:
        day = f"{mention.first.isoformat()}/{mention.last.day:02}"
    body = _before(reference, document, resolver, rules) if reference.kind == "paragraph" else _inside(reference, document, resolver)
    if body is None:
        body = next((a.assigner[0].name for a in assignments if a.assigner and _is_source(reference, mention, a)), None)
    rest = reference.normalized[reference.normalized.find("§") :] if "§" in reference.normalized else ""
    if reference.kind == "meeting" and body is None:
        return reference
    return reference._replace(normalized=" ".join(p for p in (_short(body, resolver.bodies), day, rest) if p))


def _is_source(reference: Reference, mention: DateMention, assignment: Assignment) -> bool:
    source = assignment.origin
    return (
        source is not None
        and source.meeting_date == mention.last
        and source.paragraph is not None
        and source.paragraph in reference.normalized
        and abs(assignment.span.start - reference.span.start) < 600
    )


def _before(reference: Reference, document: Document, resolver: Resolver, rules: Rules) -> str | None:
    low = max(document.text.rfind("\n", 0, reference.span.start - 1) + 1, reference.span.start - _NEAR)
    named = [n for n in resolver.bodies.find(document.text, low, reference.span.start) if n.type in _BOARDS]
    if not named or not rules.grammar("body_to_reference").match(document.text[named[-1].span.end : reference.span.start]):
        return None
    return _name(named[-1].raw, reference, document, resolver)


def _inside(reference: Reference, document: Document, resolver: Resolver) -> str | None:
    named = [n for n in resolver.bodies.find(document.text, reference.span.start, reference.span.end) if n.type in _BOARDS]
    return _name(named[0].raw, reference, document, resolver) if named else None


def _name(raw: str, reference: Reference, document: Document, resolver: Resolver) -> str | None:
    block = bisect_right(document.blocks, reference.span.start, key=lambda b: b.start) - 1
    name, _ = resolver.name(raw, block)
    return None if resolver.bodies.is_short(name) else name


def _short(body: str | None, bodies: Bodies) -> str:
    if body is None:
        return ""
    known = sorted((len(short), short) for short, name in bodies.abbreviations.items() if name == body and short.isupper())
    return known[0][1] if known else body
