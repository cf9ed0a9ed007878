"""Which mentions are of one assignment: keys to compare by, links with evidence, and threads that hold nothing that cannot be one.

Pure: the same records give the same threads, in whatever order they come. A link is a function of the two records alone, so that what
has not changed need not be compared again. Only records that share a key are compared at all; what is printed (day, §, point, diary
number) counts before wording, and what contradicts is never joined, however alike it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from itertools import combinations

from extractors.wording import Wording
from rules.expressions import expression

JOINS = 0.8
"""The confidence from which a link joins; below it waits for a person."""

SAME_POINT = "link.same_point"
BLOCK, WORD_BLOCK = 100, 50
"""A key that more records share than this says nothing of any two of them, and is not used; one made of words, sooner."""

_WORDS = 4
_AGAIN = 0.7  # how much of each wording the other holds where one document tells of an assignment twice
_YEARS = 3
_SPACES = expression(r"\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an assignment was given: day of the meeting, "§ 16", number of the point; each None where nothing says it."""

    day: date | None = None
    paragraph: str | None = None
    point: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A mention of an assignment, or a report that names none in its own sentence.

    ``status`` is decided, proposed or cited. ``words`` is the task, or what the report is about. Names are folded. ``place`` is where it
    was given: its own meeting for a decided one, what is printed for a cited one, nothing for a proposed one. ``day`` is the day of the
    document. ``order`` is its place in the document. ``duplicate_of`` is the address of the same point in the same document.
    """

    address: str
    kind: str
    document: str
    order: int
    organisation: str | None
    status: str
    words: str
    assigners: frozenset[str]
    assignees: frozenset[str]
    place: Place
    day: date | None
    diaries: frozenset[str]
    deadline: date | None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Two records of one assignment: ``record`` is the later. ``evidence`` is Swedish, with what is printed."""

    record: str
    other: str
    rule: str
    evidence: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of two records: confirm or make (they are one), or cut (they are not)."""

    record: str
    other: str
    action: str


@dataclass(frozen=True)
class Thread:
    """The records of one assignment in order, and the confidence that each was joined with (1 for the first). ``id`` is the address of the
    decision that gave it, else of the first record that is no report."""

    id: str
    records: tuple[Record, ...]
    confidence: Mapping[str, float]


@dataclass(frozen=True)
class Threads:
    """The threads of some records, and how each link stands in them: joined, doubtful, refused, confirmed, made or cut."""

    threads: tuple[Thread, ...]
    standings: Mapping[tuple[str, str], str]


def fold(name: str) -> str:
    """A name or a number in the form that is compared: lower case, single spaces."""
    return _SPACES.sub(" ", name.strip().lower())


def keys(record: Record, wording: Wording) -> frozenset[int]:
    """The keys of a record; two that share none are never compared.

    The day and § it was given, with its point too, each diary number, its day with each of its longest words, and each two of its
    longest words within an organisation.
    """
    found: list[str] = []
    place = record.place
    longest = sorted(wording.stems(record.words), key=lambda s: (-len(s), s))[:_WORDS]
    if place.day is not None:
        if place.paragraph is not None:
            found.append(f"p|{place.day}|{place.paragraph}")
            if place.point is not None:
                found.append(f"p|{place.day}|{place.paragraph}|{place.point}")  # a budget's § has hundreds, each point a few
        found += [f"d|{place.day}|{stem}" for stem in longest]
    found += [f"n|{number}" for number in record.diaries]
    found += [f"w|{record.organisation}|{one}|{two}" for one, two in combinations(sorted(longest), 2)]
    return frozenset(_hashed(key) for key in found) | keys_of_point(record)


def keys_of_point(record: Record) -> frozenset[int]:
    """Those of its keys that it shares with the same point in the same document alone."""
    named = [record.address] if record.duplicate_of is None else [record.address, record.duplicate_of]
    return frozenset(_hashed(f"a|{address}") for address in named)


def key_of_print(record: Record) -> int:
    """A negative number for all that a record says, wherever it stands; two records that say the same have the same."""
    r = record
    said = [
        r.kind, r.organisation, r.status, r.words, sorted(r.assigners), sorted(r.assignees), r.place.day, r.place.paragraph, r.place.point,
        r.day, sorted(r.diaries), r.deadline, r.duplicate_of is not None,
    ]  # fmt: skip
    return -1 - _hashed(f"t|{said!r}")


def is_copy(one: Record, two: Record, wording: Wording) -> bool:
    """Whether two records of different documents that say the same are one beyond doubt."""
    link = compare(one, two, wording) if one.document != two.document else None
    return link is not None and link.confidence >= JOINS


def _hashed(key: str) -> int:
    """A number of 57 bits; the last one says that it is made of words."""
    return int.from_bytes(blake2b(key.encode(), digest_size=7).digest(), "big") << 1 | (key[0] in "dw")


def largest(key: int) -> int:
    """How many records may share a key for it to be used."""
    return WORD_BLOCK if key & 1 else BLOCK


def contradict(one: Record, two: Record) -> bool:
    """Whether two records cannot be of one assignment: other organisations, other givers, other days or points, or a retelling before
    the giving."""
    if one.organisation is not None and two.organisation is not None and one.organisation != two.organisation:
        return True
    a, b = one.place, two.place
    if a.day is not None and b.day is not None:
        if a.day != b.day or (a.paragraph and b.paragraph and a.paragraph != b.paragraph):
            return True
        if a.point and b.point and a.point != b.point and (a.paragraph or b.paragraph):
            return True
    if one.assigners and two.assigners and not one.assigners & two.assigners:
        return True
    own = one.document == two.document and one.kind == two.kind == "assignment" and one.duplicate_of is None and two.duplicate_of is None
    if own and one.status != "cited" and two.status != "cited":
        return True  # two points of one decision
    for this, that in ((one, two), (two, one)):
        given = this.place.day
        if given is None or that.day is None:
            continue
        if that.status == "proposed" and that.kind == "assignment" and not 0 <= (given - that.day).days <= 550:
            return True  # proposed after it was given is a new one
        if that.status == "cited" and that.day < given:
            return True
        if that.kind == "report" and that.day < given:
            return True
    return False


def compare(one: Record, two: Record, wording: Wording) -> Link | None:
    """The link between two records, or None where nothing makes them one assignment."""
    if one.duplicate_of == two.address or two.duplicate_of == one.address:
        later, earlier = (one, two) if one.duplicate_of == two.address else (two, one)
        return Link(later.address, earlier.address, SAME_POINT, "samma punkt i samma dokument", 1.0)
    if one.kind == two.kind == "report" or contradict(one, two):
        return None
    a, b = one.place, two.place
    same_day = a.day is not None and a.day == b.day
    number = one.diaries & two.diaries
    if not same_day and not number and not (one.organisation and one.organisation == two.organisation) and not _both_unknown(one, two):
        return None
    how = wording.likeness(one.words, two.words)
    like = how.score
    if one.document == two.document and (min(how.of_first, how.of_second) < _AGAIN or _other_deadline(one, two)):
        return None  # a document that tells of several of one § tells them apart
    later, earlier = (one, two) if _order(one) > _order(two) else (two, one)
    found: tuple[str, float, str] | None = None
    if same_day and a.paragraph is not None and a.paragraph == b.paragraph:
        found = _by_place(a, b, like, _printed(later, earlier))
    elif same_day:
        found = _graded(like, (0.6, 0.9), (0.45, 0.65), "link.day", _printed(later, earlier))
    if number and (found is None or found[1] < JOINS):
        graded = _graded(like, (0.6, 0.9), (0.45, 0.65), "link.diary_number", f"diarienummer {min(number)}")
        found = max((f for f in (found, graded) if f is not None), key=lambda f: f[1], default=None)
    if found is None or found[1] < JOINS:
        worded = _by_wording(one, two, like, wording)
        found = max((f for f in (found, worded) if f is not None), key=lambda f: f[1], default=None)
    if found is None:
        return None
    rule, confidence, said = found
    share = f"orden lika till {like:.0%}".replace("%", " %")
    return Link(later.address, earlier.address, rule, f"{said}; {share}", confidence)


def _order(record: Record) -> tuple[date, int, str, int, str]:
    """Decided before cited on one day, then as printed."""
    rank = {"proposed": 0, "decided": 1, "cited": 2}[record.status] + (3 if record.kind == "report" else 0)
    return (record.day or date.max, rank, record.document, record.order, record.address)


def _other_deadline(one: Record, two: Record) -> bool:
    return one.deadline is not None and two.deadline is not None and one.deadline != two.deadline


def _both_unknown(one: Record, two: Record) -> bool:
    return one.organisation is None and two.organisation is None


def _printed(later: Record, earlier: Record) -> str:
    place = later.place
    body = min(later.assigners | earlier.assigners, default="")
    point = f"punkt {place.point}" if place.point else ""
    return "utskrivet " + " ".join(part for part in (body, str(place.day), place.paragraph or "", point) if part)


def _by_place(a: Place, b: Place, like: float, printed: str) -> tuple[str, float, str] | None:
    if a.point is not None and a.point == b.point:
        return ("link.point", 0.99, printed) if like >= 0.2 else ("link.point", 0.7, printed)
    return _graded(like, (0.4, 0.95), (0.25, 0.6), "link.paragraph", printed)


def _graded(like: float, sure: tuple[float, float], doubtful: tuple[float, float], rule: str, said: str) -> tuple[str, float, str] | None:
    for least, confidence in (sure, doubtful):
        if like >= least:
            return rule, confidence, said
    return None


def _by_wording(one: Record, two: Record, like: float, wording: Wording) -> tuple[str, float, str] | None:
    """By who gave it to whom, until when, and in what words; nothing of it where a side has too few words to tell."""
    if like < 0.65 or min(len(wording.stems(one.words)), len(wording.stems(two.words))) < 3:
        return None
    if one.day is not None and two.day is not None and abs((one.day - two.day).days) > 366 * _YEARS:
        return None
    givers, takers = one.assigners & two.assigners, one.assignees & two.assignees
    if one.kind == two.kind and (not givers or (one.assignees and two.assignees and not takers)):
        return None
    due = one.deadline is not None and one.deadline == two.deadline
    other_due = _other_deadline(one, two)
    parts = [f"uppdragsgivare {min(givers)}" if givers else "", f"mottagare {min(takers)}" if takers else ""]
    parts.append(f"tidsfrist {one.deadline}" if due else "")
    said = "samma " + ", ".join(part for part in parts if part) if any(parts) else "samma ämne"
    if like >= 0.8 and due and takers:
        confidence = 0.88
    elif like >= 0.85 and takers and not other_due:
        confidence = 0.82
    elif like >= 0.8 or (due and takers):
        confidence = 0.6
    else:
        return None
    if _both_unknown(one, two) or one.kind != two.kind:
        confidence = min(confidence, 0.65)  # whose it is is not known, or a report that names nobody
    return "link.wording", confidence, said


@dataclass
class _Cluster:
    """Records joined so far, with what binds them. At most one day, § and point, one organisation; givers that have one in common."""

    members: list[Record]
    organisation: str | None
    place: Place
    confidence: dict[str, float] = field(default_factory=dict)

    def admits(self, other: _Cluster) -> bool:
        if self.organisation and other.organisation and self.organisation != other.organisation:
            return False
        a, b = self.place, other.place
        if a.day and b.day and (a.day != b.day or (a.paragraph and b.paragraph and a.paragraph != b.paragraph)):
            return False
        if a.day and b.day and a.point and b.point and a.point != b.point:
            return False
        small, large = sorted((self.members, other.members), key=len)
        if len(small) * len(large) > 40_000:
            return False
        return not any(contradict(x, y) for x in small for y in large if x.duplicate_of != y.address and y.duplicate_of != x.address)

    def take(self, other: _Cluster, confidence: float, joint: str) -> None:
        self.members += other.members
        self.organisation = self.organisation or other.organisation
        a, b = self.place, other.place
        self.place = Place(a.day or b.day, a.paragraph or b.paragraph, a.point or b.point)
        self.confidence |= other.confidence
        self.confidence[joint] = min(confidence, self.confidence.get(joint, 1.0))


def join(records: Iterable[Record], links: Sequence[Link], decisions: Iterable[Decision] = ()) -> Threads:
    """The threads that the links make of the records, the surest links first; people's words before all.

    A link that would join what cannot be one is refused. A record without links is a thread of its own, a report without links none.
    """
    clusters = {r.address: _Cluster([r], r.organisation, r.place) for r in records}
    said = {_pair(d.record, d.other): d.action for d in decisions if d.record in clusters and d.other in clusters}
    cuts = {pair for pair, action in said.items() if action == "cut"}
    standings: dict[tuple[str, str], str] = {}
    inside = [e for e in links if e.record in clusters and e.other in clusters]
    by_pair = {_pair(e.record, e.other): e for e in inside}
    by_hand = sorted(pair for pair, action in said.items() if action in ("confirm", "make"))
    for pair in by_hand:
        one, two = clusters[pair[0]], clusters[pair[1]]
        if one is not two:
            if one.organisation and two.organisation and one.organisation != two.organisation:
                continue  # a link never crosses organisations, not even by hand
            _merge(clusters, one, two, 1.0, pair[1])
        standings[pair] = "confirmed" if said[pair] == "confirm" else "made"
    for link in sorted(inside, key=lambda e: (-e.confidence, e.other, e.record)):
        pair = _pair(link.record, link.other)
        if pair in standings:
            continue
        if pair in cuts:
            standings[pair] = "cut"
            continue
        one, two = clusters[link.record], clusters[link.other]
        if one is two or link.confidence < JOINS:
            continue
        if not two.admits(one) or any((x in cuts) for x in _between(one, two, cuts)):
            standings[pair] = "refused"
            continue
        _merge(clusters, two, one, link.confidence, link.record)
    for pair in by_pair:
        if pair not in standings:
            standings[pair] = "joined" if clusters[pair[0]] is clusters[pair[1]] else "doubtful"
        elif standings[pair] == "refused" and clusters[pair[0]] is clusters[pair[1]]:
            standings[pair] = "joined"
    unique = {id(c): c for c in clusters.values()}.values()
    threads = [_thread(c) for c in unique if any(r.kind == "assignment" for r in c.members)]
    return Threads(tuple(sorted(threads, key=lambda t: t.id)), standings)


def _thread(cluster: _Cluster) -> Thread:
    """What a cluster with an assignment in it is, when all is joined."""
    records = tuple(sorted(cluster.members, key=_order))
    own = [r for r in records if r.kind == "assignment"]
    given = next((r for r in own if r.status == "decided"), own[0])
    return Thread(given.address, records, cluster.confidence)


def _between(one: _Cluster, two: _Cluster, cuts: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The cut pairs that would come together."""
    if not cuts:
        return
    ours, theirs = {r.address for r in one.members}, {r.address for r in two.members}
    for a, b in cuts:
        if (a in ours and b in theirs) or (b in ours and a in theirs):
            yield a, b


def _merge(clusters: dict[str, _Cluster], into: _Cluster, other: _Cluster, confidence: float, joint: str) -> None:
    moved = [r.address for r in other.members]
    into.take(other, confidence, joint)
    for address in moved:
        clusters[address] = into


def _pair(one: str, two: str) -> tuple[str, str]:
    return (one, two) if one < two else (two, one)
