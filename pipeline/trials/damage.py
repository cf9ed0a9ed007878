"""Runs an archive of damaged PDFs beside sound ones: none may end the run, none may go unaccounted for.

The damage is drawn with a seed: bytes flipped, files cut, and structures nested until a reader that trusts them runs out of something.
"""

from __future__ import annotations

import io
import random
import shutil
import sqlite3
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractors.model import FileStatus
from pipeline.bench.material import SAMPLES
from pipeline.trials.runs import Runs, TrialError, content, database_of, differences
from pipeline.work import GOOD

if TYPE_CHECKING:
    import pikepdf

KINDS = ("flipped", "cut", "nested")


@dataclass
class Damage:
    """What became of the files. ``outcomes`` counts statuses by kind of damage; ``wrong`` says what did not hold."""

    files: int
    sound: int
    seconds: float
    outcomes: dict[str, Counter[str]]
    wrong: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether the run survived and every file is accounted for."""
        return not self.wrong

    def summary(self) -> str:
        """A line for each kind of damage, and what did not hold."""
        lines = [f"{self.files} damaged PDFs beside {self.sound} sound ones, {self.seconds:.1f} s."]
        for kind, outcomes in self.outcomes.items():
            lines.append(f"  {kind:<8}{outcomes.total():>5}  = {', '.join(f'{status} {n}' for status, n in sorted(outcomes.items()))}")
        lines.append(
            "The run ended well, every file has its row, the sound ones theirs as without the others, and no process is left."
            if self.well
            else f"{len(self.wrong)} things did not hold:"
        )
        return "\n".join(lines + [f"  {reason}" for reason in self.wrong])


def damage(
    count: int,
    *,
    seed: int = 1,
    document_seconds: float = 20.0,
    flags: Sequence[str] = (),
    sources: Sequence[Path] | None = None,
    keep: Path | None = None,
) -> Damage:
    """Damages copies of ``sources`` (by default the sample documents) and ingests them together with the sound ones.

    ``keep`` is a folder where those stay that crashed their process or took too long, to be looked into. Raises :class:`TrialError`
    where there is nothing to damage, or the sound ones alone cannot be read.
    """
    paths = sorted(SAMPLES.glob("*.pdf")) if sources is None else list(sources)
    if not paths:
        raise TrialError(f"There are no documents to damage in {SAMPLES}.")
    chance = random.Random(seed)  # noqa: S311 - damage, no secrets
    bounds = ("--no-ocr", "--document-seconds", str(document_seconds), "--document-mib", "1024", *flags)
    with tempfile.TemporaryDirectory(prefix="uppdrag-damage-") as name:
        folder = Path(name)
        files = folder / "files"
        (files / "sound").mkdir(parents=True)
        for path in paths:
            shutil.copy(path, files / "sound" / path.name)
        kinds: dict[str, str] = {}
        for number in range(count):
            kind, source = KINDS[number % len(KINDS)], chance.choice(paths)
            target = files / f"{number:04d}-{kind}-{source.stem}.pdf"
            target.write_bytes(damaged(source.read_bytes(), kind, chance))
            kinds[str(target)] = kind
        alone = Runs(files / "sound", bounds).ingest(folder / "alone")
        if alone.code not in (0, 1):
            raise TrialError(f"The sound documents alone ended with {alone.code}:\n{alone.err[-2000:]}")
        runs = Runs(files, bounds)
        ended = runs.ingest(folder / "all")
        trial = Damage(count, len(paths), ended.seconds, {kind: Counter() for kind in KINDS})
        if ended.code != 1:
            trial.wrong.append(f"the run ended with {ended.code} instead of 1 (some could not be read): {ended.err[-1000:]}")
        if "Traceback" in ended.err:
            trial.wrong.append(f"a traceback: {ended.err[ended.err.index('Traceback') :][:1000]}")
        trial.wrong += [f"left behind: {command}" for command in runs.left_behind()]
        _accounted(trial, kinds, database_of(folder / "all"), ended.err)
        _sound(trial, database_of(folder / "alone"), database_of(folder / "all"), files / "sound")
        before = content(database_of(folder / "all"))
        again = runs.ingest(folder / "all")
        if again.code != 1 or (other := differences(before, content(database_of(folder / "all")))):
            trial.wrong.append(f"a second run ended with {again.code} and changed {', '.join(other) if again.code == 1 else 'something'}")
        if keep is not None:
            _keep(database_of(folder / "all"), keep)
        return trial


def _accounted(trial: Damage, kinds: dict[str, str], database: Path, said: str) -> None:
    """Every damaged file has one row with a status, and, where it was not read whole, a sentence and a line of the run's report."""
    with sqlite3.connect(database) as connection:
        rows = {path: (status, message) for path, status, message in connection.execute("SELECT path, status, message FROM file")}
        pages = dict(
            connection.execute(
                "SELECT document.id, document.pages - count(page.id) FROM document LEFT JOIN page"
                " ON page.document = document.id GROUP BY document.id"
            )
        )
    connection.close()
    known = {str(status) for status in FileStatus}
    for path, kind in kinds.items():
        status, message = rows.get(path, ("no row", None))
        trial.outcomes[kind][status] += 1
        if status not in known:
            trial.wrong.append(f"{path}: {status}")
        elif status not in GOOD and not (message and message.endswith(".")):
            trial.wrong.append(f"{path} is {status} without a sentence")
        elif status not in GOOD and f"{path} " not in said:
            trial.wrong.append(f"{path} is {status} and was not listed at the end of the run")
    trial.wrong += [f"document {number} has {lost} pages without a row" for number, lost in pages.items() if lost]


def _sound(trial: Damage, alone: Path, together: Path, folder: Path) -> None:
    """The sound documents have the rows they have by themselves."""
    query = (
        "SELECT file.path, file.status, assignment.text, assignment.status, assignment.assignee_names, assignment.deadline_last FROM file"
        " JOIN document USING (sha256) LEFT JOIN assignment ON assignment.document = document.id"
        " WHERE file.path LIKE ? ORDER BY file.path, assignment.number"
    )
    found = []
    for database in (alone, together):
        connection = sqlite3.connect(database)
        found.append(connection.execute(query, (f"{folder}/%",)).fetchall())
        connection.close()
    if not found[0] or found[0] != found[1]:
        trial.wrong.append("the sound documents have other rows than by themselves")


def _keep(database: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(database)
    for (path,) in connection.execute("SELECT path FROM file WHERE status IN ('crashed', 'timed_out')"):
        shutil.copy(path, folder / Path(path).name)
    connection.close()


# ------------------------------------------------------------------------------------------------------------------------- damage


def damaged(data: bytes, kind: str, chance: random.Random) -> bytes:
    """The PDF ``data``, damaged in the way ``kind`` says: always to other bytes than it had."""
    how = {"flipped": flipped, "cut": cut, "nested": nested}[kind]
    while (made := how(data, chance)) == data:
        pass
    return made


def flipped(data: bytes, chance: random.Random) -> bytes:
    """One bit, a few or some hundred turned over, anywhere, or a run of bytes replaced by noise."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 8, 64, 512))):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    if chance.random() < 0.25:
        at = chance.randrange(len(made))
        made[at : at + 2048] = chance.randbytes(len(made[at : at + 2048]))
    return bytes(made)


def cut(data: bytes, chance: random.Random) -> bytes:
    """The end missing, the beginning, or a piece from the middle."""
    first, second = sorted((chance.randrange(1, len(data)), chance.randrange(1, len(data))))
    return chance.choice((data[:first], data[second:], data[:first] + data[second:]))


def nested(data: bytes, chance: random.Random) -> bytes:
    """Structures inside themselves, or inside each other further than anybody writes them."""
    makers = (_deep_array, _deep_content, _deep_pages, _pages_in_a_ring, _forms_in_a_ring, _filters_on_filters, _bomb, _pdf_in_pdf)
    return chance.choice(makers)(data, chance)


def _edited(data: bytes, edit: Callable[[pikepdf.Pdf], None]) -> bytes:
    try:
        import pikepdf
    except ImportError as error:
        raise TrialError("pikepdf is needed to nest what a PDF is made of: install uppdrag with its extra dev.") from error
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        edit(pdf)
        pdf.save(out, compress_streams=False, deterministic_id=True)
    return out.getvalue()


def _first_content(pdf: pikepdf.Pdf, content_of: Callable[[bytes], bytes]) -> None:
    page: Any = pdf.pages[0]
    page.contents_coalesce()
    page.Contents = pdf.make_stream(content_of(page.Contents.read_bytes()))


def _deep_array(data: bytes, chance: random.Random) -> bytes:
    """``[[[[…]]]]`` or ``<</A<</A…>>>>`` where the document's information stands; written behind the parser's back, which refuses it."""
    depth = chance.choice((400, 5_000, 200_000))
    array = chance.random() < 0.5
    opening, closing = (b"[", b"]") if array else (b"<</A ", b">>")
    mark = b"(uppdrag-nested-here)"

    def edit(pdf: pikepdf.Pdf) -> None:
        pdf.Root["/PieceInfo"] = mark[1:-1]  # a string that stands in clear, to be replaced

    return _edited(data, edit).replace(mark, opening * depth + b"0" + closing * depth, 1)


def _deep_content(data: bytes, chance: random.Random) -> bytes:
    depth = chance.choice((1_000, 100_000, 1_000_000))
    opening, closing = chance.choice(((b"q ", b"Q "), (b"[", b"]"), (b"/A <</B BDC ", b"EMC "), (b"BT ", b"ET ")))
    return _edited(data, lambda pdf: _first_content(pdf, lambda old: opening * depth + old + closing * depth))


def _deep_pages(data: bytes, chance: random.Random) -> bytes:
    """A page tree of one branch, thousands of nodes deep."""
    depth = chance.choice((100, 2_000, 20_000))

    def edit(pdf: pikepdf.Pdf) -> None:
        import pikepdf

        count = len(pdf.pages)
        node: Any = pdf.Root.Pages
        for _ in range(depth):
            node = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Kids=pikepdf.Array([node]), Count=count))
        pdf.Root.Pages = node

    return _edited(data, edit)


def _pages_in_a_ring(data: bytes, chance: random.Random) -> bytes:
    def edit(pdf: pikepdf.Pdf) -> None:
        root: Any = pdf.Root.Pages
        root.Kids.insert(chance.randrange(len(root.Kids) + 1), root)
        root.Count = int(root.Count) + chance.choice((1, 1_000, 2_000_000))

    return _edited(data, edit)


def _forms_in_a_ring(data: bytes, chance: random.Random) -> bytes:
    """A form that draws itself, or a ladder of forms each of which draws the next one twice."""
    rungs = chance.choice((1, 12, 40))

    def edit(pdf: pikepdf.Pdf) -> None:
        import pikepdf

        forms: list[Any] = []
        for _ in range(rungs):
            form = pdf.make_stream(b"/F Do /F Do ")
            form["/Type"], form["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
            form["/BBox"] = pikepdf.Array([0, 0, 600, 800])
            forms.append(form)
        for form, following in zip(forms, [*forms[1:], forms[0]], strict=True):
            form["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=following))
        page = pdf.pages[0]
        page.add_resource(forms[0], pikepdf.Name.XObject, pikepdf.Name.F)
        _first_content(pdf, lambda old: old + b"\n/F Do")

    return _edited(data, edit)


def _filters_on_filters(data: bytes, chance: random.Random) -> bytes:
    """A page's content deflated again and again."""
    times = chance.choice((5, 50, 500))

    def edit(pdf: pikepdf.Pdf) -> None:
        import pikepdf

        page: Any = pdf.pages[0]
        page.contents_coalesce()
        packed = page.Contents.read_bytes()
        for _ in range(times):
            packed = zlib.compress(packed)
        page.Contents = pdf.make_stream(b"")
        page.Contents.write(packed, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * times))

    return _edited(data, edit)


def _bomb(data: bytes, chance: random.Random) -> bytes:
    """Some kilobytes that inflate to gigabytes of blanks."""
    return bomb(data, chance.choice((1 << 26, 1 << 28, 1 << 31)))


def bomb(data: bytes, size: int) -> bytes:
    """The PDF with ``size`` bytes of blanks before the content of its first page, deflated twice: a hundred-thousandth of that on disk."""

    def edit(pdf: pikepdf.Pdf) -> None:
        import pikepdf

        page: Any = pdf.pages[0]
        page.contents_coalesce()
        blanks = pdf.make_stream(b"")
        blanks.write(_blanks(size), filter=pikepdf.Array([pikepdf.Name.FlateDecode] * 2))
        page.Contents = pikepdf.Array([blanks, page.Contents])

    return _edited(data, edit)


@cache
def _blanks(size: int) -> bytes:
    pack = zlib.compressobj(9)
    block = b" " * (1 << 20)
    return zlib.compress(b"".join(pack.compress(block) for _ in range(size >> 20)) + pack.flush(), 9)


def _pdf_in_pdf(data: bytes, chance: random.Random) -> bytes:
    """One document inside another, at any place: two heads, two tables of objects, the same numbers twice."""
    at = chance.randrange(len(data))
    return data[:at] + data + data[at:]
