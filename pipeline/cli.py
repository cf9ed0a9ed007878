"""The command line. What it needs is imported inside each command, so that ``uppdrag --help`` answers at once.

Exit codes: 0 all well; 1 some documents failed, and are listed; 2 wrong use, with a sentence, and nothing written; 130 interrupted.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from datetime import date

    from extractors.model import Extraction, Reading
    from pipeline.ingest import Outcome
    from pipeline.settings import Settings
    from pipeline.store import FileRow, StatusReport

app = typer.Typer(
    name="uppdrag",
    help="Reads Swedish board minutes and official letters and finds the assignments (uppdrag) in them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
rules_app = typer.Typer(help="The rule files of the language and the organisations.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(rules_app, name="rules")
user_app = typer.Typer(help="Who may review, on a server for a team.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(user_app, name="user")
trial_app = typer.Typer(help="Long trials of what a run promises.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(trial_app, name="trial")
threads_app = typer.Typer(help="Assignments followed through documents.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(threads_app, name="threads")
gold_app = typer.Typer(help="Reviewed records as gold.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(gold_app, name="gold")

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130


class EngineName(StrEnum):
    """How batches are run."""

    auto = "auto"
    direct = "direct"
    prefect = "prefect"
    dask = "dask"


class Role(StrEnum):
    """What an account may do."""

    reader = "reader"
    reviewer = "reviewer"
    administrator = "administrator"


class Format(StrEnum):
    """What ``extract`` writes."""

    json = "json"
    table = "table"
    html = "html"


class ListFormat(StrEnum):
    """What ``list`` writes."""

    xlsx = "xlsx"
    csv = "csv"
    json = "json"
    html = "html"
    pdf = "pdf"
    ics = "ics"


class State(StrEnum):
    """How an assignment stands."""

    overdue = "overdue"
    open = "open"
    interim = "interim"
    reported = "reported"
    closed = "closed"
    withdrawn = "withdrawn"
    unknown = "unknown"


Db = Annotated[Path | None, typer.Option("--db", help="The database [default: DATA/processed/uppdrag.db].", show_default=False)]
Data = Annotated[Path | None, typer.Option("--data", help="The folder of raw/ and processed/ [default: data].", show_default=False)]
Organisation = Annotated[
    str | None,
    typer.Option(help="Whose names hold; none for no organisation's [default: seen from each document].", show_default=False),
]
Ocr = Annotated[
    bool | None, typer.Option("--ocr/--no-ocr", help="Read pages without text through Tesseract [default: ocr].", show_default=False)
]
Seconds = Annotated[float | None, typer.Option(help="The longest one document may take [default: 180].", show_default=False)]
Mib = Annotated[int | None, typer.Option(help="The most memory one document may take, in MiB [default: 3072].", show_default=False)]


ClusterAddress = Annotated[
    str | None,
    typer.Option(help="The Dask scheduler, such as tcp://host:8786 [default: a cluster of this machine's own].", show_default=False),
]


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files and folders [default: DATA/raw].")] = None,
    db: Db = None,
    data: Data = None,
    organisation: Organisation = None,
    engine: Annotated[
        EngineName | None,
        typer.Option(
            help="prefect runs batches as a flow, dask on a cluster; direct does without a server [default: auto, by size].",
            show_default=False,
        ),
    ] = None,
    cluster: ClusterAddress = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes [default: one a core].", show_default=False)] = None,
    batch: Annotated[int | None, typer.Option(help="Documents in a batch [default: 32].", show_default=False)] = None,
    ocr: Ocr = None,
    document_seconds: Seconds = None,
    document_mib: Mib = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what failed before.")] = False,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Log as JSON, one object a line, to standard error.")] = False,
) -> None:
    """Read PDFs into the database. What is there already, unchanged, is left alone."""
    settings = _settings(
        db=db,
        data=data,
        organisation=organisation,
        engine=None if engine is None else engine.value,
        cluster=cluster,
        workers=workers,
        batch=batch,
        ocr=ocr,
        document_seconds=document_seconds,
        document_mib=document_mib,
    )
    outcome = _ingest(paths or [settings.data / "raw"], settings, retry=retry, json_logs=json_logs)
    _report(outcome, settings)
    if outcome.failures:
        raise typer.Exit(FAILED)


@app.command()
def deploy(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files and folders [default: DATA/raw].")] = None,
    cron: Annotated[str, typer.Option(help="When to run: minute, hour, day, month, day of the week.")] = "0 2 * * *",
    timezone: Annotated[str, typer.Option(help="Where that is meant.")] = "Europe/Stockholm",
    name: Annotated[str, typer.Option(help="The deployment's name.")] = "nightly",
    now: Annotated[bool, typer.Option("--now", help="Run once at once, too.")] = False,
    db: Db = None,
    data: Data = None,
    organisation: Organisation = None,
    engine: Annotated[EngineName | None, typer.Option(help="As of ingest [default: auto, by size].", show_default=False)] = None,
    cluster: ClusterAddress = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes [default: one a core].", show_default=False)] = None,
    batch: Annotated[int | None, typer.Option(help="Documents in a batch [default: 32].", show_default=False)] = None,
    ocr: Ocr = None,
    document_seconds: Seconds = None,
    document_mib: Mib = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what failed before.")] = False,
) -> None:
    """Watch folders by a schedule: a deployment on the Prefect server PREFECT_API_URL names, run from here until Ctrl-C.

    Each run reads what is new, and leaves its progress and a table of outcomes on the server.
    """
    settings = _settings(
        db=db,
        data=data,
        organisation=organisation,
        engine=None if engine is None else engine.value,
        cluster=cluster,
        workers=workers,
        batch=batch,
        ocr=ocr,
        document_seconds=document_seconds,
        document_mib=document_mib,
    )
    from pipeline.flows.deployment import deploy as serve_deployment
    from pipeline.flows.server import ServerError

    with _wrong_use(), _interruptible():
        try:
            serve_deployment(
                paths or [settings.data / "raw"], settings, name=name, cron=cron, timezone=timezone, retry=retry, at_once=now, say=_say
            )
        except ServerError as error:
            _stop(str(error))


def _say(sentence: str) -> None:
    """A sentence a person, or whoever started us, waits for."""
    print(sentence, flush=True)


def _ingest(paths: Sequence[Path], settings: Settings, *, retry: bool, json_logs: bool) -> Outcome:
    """The run, reported on as it goes."""
    from pipeline.progress import reporter
    from pipeline.run import RunError, run

    with _wrong_use(), _interruptible(), reporter(as_json=json_logs) as report:
        try:
            return run(paths, settings, report, retry=retry)
        except RunError as error:
            _stop(str(error))


_MANY_PAGES = 2_000
"""From here on what is saved is more than what making machine code takes."""


def _report(outcome: Outcome, settings: Settings) -> None:
    """What was read, and every path that was not, with what to do."""
    from pipeline.store import Store
    from rules import compiled

    if not outcome.changed:
        print(f"Nothing changed: {outcome.unchanged} files are in {settings.database} as they are.")
    else:
        rate = f", {outcome.pages / outcome.seconds:.0f} pages/s" if outcome.pages and outcome.seconds > 0 else ""
        print(f"Read {outcome.documents} documents, {outcome.pages} pages in {outcome.seconds:.1f} s{rate}; {outcome.unchanged} unchanged.")
        if outcome.forgotten:
            print(f"{outcome.forgotten} documents left the database, since their files have other content now.")
        if outcome.pages >= _MANY_PAGES and not compiled.IN_USE:
            print("It ran as plain Python: `make compile` makes machine code of what every page goes through.")
    if outcome.changed:
        with Store.open(settings.database, create=False) as store:
            _holds(store.status(), settings.database)
    _failures(outcome.failures)


def _holds(status: StatusReport, db: Path) -> None:
    """What the database holds, in two lines."""
    print(f"{db} holds {status.documents} documents, {status.pages} pages, {status.paragraphs} §, {status.assignments} assignments.")
    look = status.needs_review + len(status.failed_files)
    print(f"{look} need a look: {status.needs_review} assignments to review, {len(status.failed_files)} files not read.")


_DO = {
    "needs_ocr": "has no text layer; install Tesseract with Swedish (tesseract-ocr, tesseract-ocr-swe) and ingest again",
    "encrypted": "is encrypted; save a copy without a password and ingest again",
    "broken": "is damaged; fetch it again from where it came",
    "empty": "is empty; fetch it again from where it came",
    "not_pdf": "is not a PDF, whatever its name says; save it as PDF",
    "timed_out": "took longer than a document may; raise --document-seconds and ingest with --retry",
    "crashed": "could not be worked on; see its row in the database, and report it",
    "missing": "does not exist; check the path",
    "unreadable": "could not be read or kept; see its row in the database, mend that, and ingest again",
    "no_pdfs": "is a folder without PDFs; name one with files that end in .pdf",
}


def _failures(rows: Sequence[FileRow]) -> None:
    """Each path that is not read, with what to do about it."""
    if rows:
        print(f"{len(rows)} not read:", file=sys.stderr)
    for row in rows:
        print(f"  {row.path} {_DO[str(row.status)]} ({row.status}).", file=sys.stderr)


@app.command()
def serve(
    db: Db = None,
    data: Data = None,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", envvar="UPPDRAG_PORT")] = 8001,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser when it answers.")] = False,
    private: Annotated[
        bool | None,
        typer.Option(
            "--private/--public",
            help="Show nothing, or all but the review, to whoever has not signed in [default: private where other machines reach it].",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Open the database in a browser: lists, pages with the places marked, search, saved queries, and the review.

    Prints a link that signs in once, as an administrator. Others sign in with accounts made by `uppdrag user add`.
    """
    settings = _settings(db=db, data=data)
    with _wrong_use():
        from pipeline.serving import serve as run

        run(settings.database, host=host, port=port, open_browser=open_browser, cache=settings.cache / "readings", private=private)


@app.command("list")
def list_assignments(
    organ: Annotated[str, typer.Option(help="The body that gave them, such as Regionstyrelsen.")],
    form: Annotated[ListFormat, typer.Option("--format", help="What to write; csv, json, html and ics also to the terminal.")],
    per: Annotated[
        str | None, typer.Option(metavar="DAY", help="The day they stand as of, as 2024-12-31 [default: today].", show_default=False)
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(help="Whose body, where several organisations have one of that name.", show_default=False)
    ] = None,
    state: Annotated[
        list[State] | None, typer.Option(help="Only those that stand so; several times for several [default: all].", show_default=False)
    ] = None,
    closed_since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Leave out what was closed or withdrawn before this day.", show_default=False)
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Where the database is served, to link each source to its page.", show_default=False)
    ] = None,
    to: Annotated[Path | None, typer.Option(help="The file to write [default: standard output].", show_default=False)] = None,
    db: Db = None,
    data: Data = None,
) -> None:
    """Write the list of a body's assignments with their states, deadlines and evidence: the annex it gets at each meeting."""
    from datetime import date

    settings = _settings(db=db, data=data)
    day, since = _day(per) or date.today(), _day(closed_since)  # noqa: DTZ011 - the day where the user is
    if to is None and form in (ListFormat.xlsx, ListFormat.pdf) and sys.stdout.isatty():
        _stop(f"A terminal cannot show {form.value}: name a file with --to.")
    import sqlite3

    from pipeline.collector import collected_rarely
    from pipeline.export.annex import AnnexError, annex, written
    from pipeline.store import Store

    with _wrong_use(), collected_rarely():
        Store.open(settings.database, create=False, read_only=True).close()
        connection = sqlite3.connect(f"{settings.database.resolve().as_uri()}?mode=ro", uri=True)
        try:
            listed = annex(connection, organ, day, organisation=organisation, states=state or (), closed_since=since, address=address)
            content = written(listed, form.value)
        except AnnexError as error:
            _stop(str(error))
        finally:
            connection.close()
    _write(content, to)
    if to is not None:
        print(f"{to}: {len(listed.entries)} assignments.")


def _day(text: str | None) -> date | None:
    from datetime import date

    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        _stop(f"{text!r} is no day: write it as 2024-12-31.")


def _write(content: bytes, to: Path | None) -> None:
    if to is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        to.write_bytes(content)
    except OSError as error:
        _stop(f"{to} cannot be written ({error.strerror}): name another file with --to.")


@app.command("akoma-ntoso")
def akoma_ntoso(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its file name, or the beginning of its SHA-256.")],
    paragraph: Annotated[
        str | None, typer.Option("--paragraph", help='One § alone, as "§ 41" or 41 [default: all of them].', show_default=False)
    ] = None,
    to: Annotated[Path | None, typer.Option(help="The file to write [default: standard output].", show_default=False)] = None,
    organisation: Organisation = None,
    db: Db = None,
    data: Data = None,
) -> None:
    """Write a document of the database, or one § with its decisions, as Akoma Ntoso, valid against the official schema."""
    settings = _settings(db=db, data=data, organisation=organisation)
    from pipeline.export.akoma_ntoso import AkomaNtosoError
    from pipeline.export.from_archive import document_as_akoma_ntoso
    from pipeline.store import Store

    with _wrong_use(), _interruptible():
        Store.open(settings.database, create=False, read_only=True).close()
        try:
            content = document_as_akoma_ntoso(settings, document, paragraph)
        except AkomaNtosoError as error:
            _stop(str(error))
    _write(content, to)


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the copy goes; an earlier copy there is replaced.")],
    pictures: Annotated[bool, typer.Option("--pictures/--no-pictures", help="Draw the pages, with what is private covered.")] = True,
    db: Db = None,
    data: Data = None,
) -> None:
    """Make a read-only copy without the names of private persons, for analysts or the public."""
    settings = _settings(db=db, data=data)
    from pipeline.publish.publication import PublishError
    from pipeline.publish.publication import publish as make

    with _wrong_use(), _interruptible():
        try:
            report = make(settings, folder, pictures=pictures, say=lambda sentence: print(sentence, file=sys.stderr))
        except PublishError as error:
            _stop(str(error))
    kinds = ", ".join(f"{kind} {count}" for kind, count in report.masked.items()) or "nothing"
    print(f"{folder} holds {report.documents} documents, {report.pages} pages, {report.pictures} page pictures.")
    print(f"Masked: {report.persons} private persons; in texts {kinds}; {report.covered} places on pictures.")
    if report.doubtful:
        print(f"{report.doubtful} places were masked though they may be no person: see {folder / 'publication.json'}.")
    for missing in report.without_pictures:
        print(f"No picture, document {missing['document'][:12]}: {missing['reason']}.")
    print(f"Serve it with `uppdrag serve --db {folder / 'uppdrag.db'}`.")


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="PDFs, or folders of them.")],
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.json,
    db: Db = None,
    data: Data = None,
    organisation: Organisation = None,
    ocr: Ocr = None,
    document_seconds: Seconds = None,
    document_mib: Mib = None,
) -> None:
    """Write what is found in files to standard output. No database is touched."""
    settings = _settings(db=db, data=data, organisation=organisation, ocr=ocr, document_seconds=document_seconds, document_mib=document_mib)
    from pipeline.crew import WorkerError
    from pipeline.export.contract import as_json
    from pipeline.export.explained import as_html
    from pipeline.export.terminal import as_table
    from pipeline.extraction import extracted

    failures: list[FileRow] = []
    objects: list[dict[str, Any]] = []

    def show(path: Path, reading: Reading, extraction: Extraction | None) -> None:
        match form:
            case Format.json:
                objects.append(as_json(reading, extraction, path))
            case Format.html:
                sys.stdout.write(as_html(reading, extraction, path) + "\n")
            case Format.table:
                from rich.console import Console

                Console(width=None if sys.stdout.isatty() else 160).print(as_table(reading, extraction, path))

    with _wrong_use(), _interruptible():
        try:
            for path, reading, extraction, failure in extracted(files, settings):
                if failure is not None:
                    failures.append(failure)
                show(path, reading, extraction)
        except WorkerError as error:
            _stop(str(error))
    if form is Format.json:
        single = len(files) == 1 and len(objects) == 1 and not files[0].is_dir()
        _print_json(objects[0] if single else objects)
    _failures(failures)
    if failures:
        raise typer.Exit(FAILED)


@app.command()
def evaluate(
    gold_dir: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="One JSON a document.")],
    pdf_dir: Annotated[Path, typer.Argument(metavar="PDF_DIR", help="The PDFs, by the same names.")],
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
    misses: Annotated[bool, typer.Option("--misses", help="Every miss, with what was wanted.")] = False,
    noise: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of characters misread on purpose, such as 0.01.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Decides which characters are misread.")] = 1,
    organisation: Organisation = None,
    db: Db = None,
    data: Data = None,
) -> None:
    """Score the extraction against gold, a document a row and in total."""
    settings = _settings(db=db, data=data, organisation=organisation)
    from rich.console import Console

    from pipeline import evaluate as evaluation

    with _wrong_use(), _interruptible():
        try:
            report = evaluation.evaluate(gold_dir, pdf_dir, settings.organisation, noise=noise, seed=seed)
        except evaluation.GoldError as error:
            _stop(str(error))
    if as_json:
        _print_json(report.to_json())
        return
    console = Console(width=None if sys.stdout.isatty() else 140)
    if misses:
        for line in report.misses():
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(report.table())


@app.command()
def status(
    db: Db = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Account for every file, page and § in the database."""
    settings = _settings(db=db, data=data)
    from dataclasses import asdict

    from pipeline.store import Store

    with _wrong_use(), Store.open(settings.database, create=False, read_only=True) as store:
        found = store.status()
    if as_json:
        _print_json(asdict(found))
        return
    _holds(found, settings.database)
    for title, total, parts in (
        ("files", found.files, found.files_by_status),
        ("documents", found.documents, found.documents_by_status),
        ("pages, by reader", found.pages, found.pages_by_reader),
        ("§, by outcome", found.paragraphs, found.paragraphs_by_outcome),
        ("assignments", found.assignments, found.assignments_by_status),
        ("issues", found.issues, found.issues_by_code),
    ):
        shown = ", ".join(f"{name} {count}" for name, count in parts.items()) or "none"
        print(f"  {title:<18}{total:>8}  = {shown}")
    _failures(found.failed_files)


@app.command()
def bench(
    pages: Annotated[
        list[int] | None,
        typer.Option("--pages", min=1, help="At least so many pages; several times for several runs [default: 5000].", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
    engine: Annotated[
        EngineName, typer.Option(help="What runs the batches [default: auto, by size].", show_default=False)
    ] = EngineName.auto,
    docs: Annotated[bool, typer.Option("--docs", help="Put the figures and their chart into docs/scale.md.")] = False,
) -> None:
    """Measure the speed on this machine, beside pdfium alone and a naive pipeline, from file to indexed row."""
    from pipeline.bench import PAGES, BenchError
    from pipeline.bench import bench as measure
    from pipeline.bench.scale import record, summary

    with _wrong_use(), _interruptible():
        try:
            results = [
                measure(wanted, engine=engine.value, say=lambda sentence: print(sentence, file=sys.stderr)) for wanted in pages or [PAGES]
            ]
        except (BenchError, ValueError) as error:
            _stop(str(error))
        if docs:
            record(results)
    if as_json:
        objects = [result.to_json() for result in results]
        _print_json(objects[0] if len(objects) == 1 else objects)
    else:
        print("\n\n".join(summary(result) for result in results))


@app.command()
def figures(write: Annotated[bool, typer.Option("--write", help="Put the figures into README.md and docs/quality.md.")] = False) -> None:
    """Compute the tables of README.md and docs/quality.md; exit code 1 where they are stale and not written."""
    from pipeline.figures import FiguresError, write_figures

    with _wrong_use():
        try:
            pages = write_figures(write=write)
        except FiguresError as error:
            _stop(str(error))
    for page in pages:
        left = f"; left as they stand: {', '.join(page.left)}" if page.left else ""
        print(f"{page.page.name}: {('written' if write else 'stale') if page.changed else 'current'}{left}")
    if not write and any(page.changed for page in pages):
        raise typer.Exit(FAILED)


@app.command()
def draw(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="PDFs, or folders of them.")] = None,
    count: Annotated[int, typer.Option(min=1, help="How many assignments, and how many sentences.")] = 100,
    seed: Annotated[int, typer.Option(help="Decides the draw.")] = 1,
    to: Annotated[
        Path | None, typer.Option(help="Write TO.md to read and TO.csv to fill in [default: print what to read].", show_default=False)
    ] = None,
    tally: Annotated[Path | None, typer.Option(help="Count a filled-in CSV instead of drawing.", show_default=False)] = None,
    organisation: Organisation = None,
) -> None:
    """Draw assignments, and sentences with "uppdra" that gave none, to be read against their pages."""
    from pipeline import draw as drawing

    with _wrong_use(), _interruptible():
        try:
            if tally is not None:
                print(drawing.tally(tally.read_text(encoding="utf-8")).markdown(), end="")
                return
            drawn = drawing.draw(paths or [], count, seed, organisation)
            if to is None:
                print(drawn.for_reading(), end="")
            else:
                print(*drawn.write(to), sep="\n")
        except drawing.DrawError as error:
            _stop(str(error))


@rules_app.command("check")
def rules_check(db: Db = None, data: Data = None) -> None:
    """Prove every rule file: its form, its examples, its counterexamples."""
    _settings(db=db, data=data)
    from rules.ruleset import check

    problems = check()
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problems.", file=sys.stderr)
        raise typer.Exit(FAILED)
    print("Every rule holds.")


@rules_app.command("new-organisation")
def rules_new_organisation(
    identity: Annotated[str, typer.Argument(metavar="ID", help="Lower-case letters a-z, digits and hyphens, such as region-dalarna.")],
    db: Db = None,
    data: Data = None,
) -> None:
    """Start the folder of an organisation from the template."""
    _settings(db=db, data=data)
    from pipeline.organisations import OrganisationError, new_organisation

    try:
        made = new_organisation(identity)
    except OrganisationError as error:
        _stop(str(error))
    print(f"Made {made}. Fill it in, then prove it with `uppdrag rules check`.")


@user_app.command("add")
def user_add(
    name: Annotated[str, typer.Argument(help="The name to sign in with; decisions are kept under it.")],
    role: Annotated[
        Role, typer.Option(help="reader sees the review, reviewer decides, administrator also closes accounts.")
    ] = Role.reviewer,
    password_file: Annotated[
        Path | None, typer.Option(help="Take the password from the first line of this file; - is standard input [default: ask].")
    ] = None,
    db: Db = None,
    data: Data = None,
) -> None:
    """Make an account, or give one a new password and role. Its sessions end."""
    settings = _settings(db=db, data=data)
    from pipeline.review.accounts import AccountError, Accounts
    from pipeline.store import Store

    with _wrong_use():
        Store.open(settings.database, create=False, read_only=True).close()
        if password_file is None:
            password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        else:
            try:
                lines = (sys.stdin.read() if str(password_file) == "-" else password_file.read_text(encoding="utf-8")).splitlines()
            except (OSError, UnicodeDecodeError) as error:
                _stop(f"The password cannot be read from {password_file}: {error}.")
            password = lines[0] if lines else ""
        try:
            Accounts(settings.database).add(name, role.value, password)
        except AccountError as error:
            _stop(str(error))
    print(f"{' '.join(name.split())} may sign in as {role.value}.")


@user_app.command("list")
def user_list(db: Db = None, data: Data = None) -> None:
    """Every account with its role."""
    settings = _settings(db=db, data=data)
    from pipeline.review.accounts import Accounts

    accounts = Accounts(settings.database)
    found = accounts.all() if accounts.path.exists() else []
    for account in found:
        print(f"{account.name:<30} {account.role:<14} {'closed' if account.closed else 'open'}")
    if not found:
        print("No accounts. Make one with `uppdrag user add`.")


@user_app.command("close")
def user_close(name: Annotated[str, typer.Argument(help="Whose account.")], db: Db = None, data: Data = None) -> None:
    """Close an account and end its sessions at once. What was decided under it stays."""
    settings = _settings(db=db, data=data)
    from pipeline.review.accounts import Accounts

    accounts = Accounts(settings.database)
    if not accounts.path.exists() or not accounts.close(name):
        _stop(f"There is no account {name!r}: see `uppdrag user list`.")
    print(f"{name} may no longer sign in.")


@gold_app.command("export")
def gold_export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write one JSON a document.")],
    unfinished: Annotated[bool, typer.Option("--unfinished", help="Also documents that nobody has marked as gone through.")] = False,
    db: Db = None,
    data: Data = None,
) -> None:
    """Write reviewed documents in the corpus format, to be scored with `uppdrag evaluate FOLDER PDF_DIR`."""
    settings = _settings(db=db, data=data)
    from pipeline.review.gold import export
    from pipeline.store import Store

    with _wrong_use():
        Store.open(settings.database, create=False, read_only=True).close()
        written = export(settings.database, folder, unfinished=unfinished)
    for name, records in written:
        print(f"{name}: {records} assignments")
    if not written:
        print("Nothing to write: no document has been marked as gone through.", file=sys.stderr)


Seed = Annotated[int, typer.Option(help="Decides what is drawn.")]


@trial_app.command("kills")
def trial_kills(
    count: Annotated[int, typer.Option(min=1, help="How many kills.")] = 40,
    seed: Seed = 1,
    pages: Annotated[int, typer.Option(min=1, help="Pages of each run, at least.")] = 300,
    engine: Annotated[EngineName, typer.Option(help="What runs the batches.")] = EngineName.direct,
    workers: Annotated[int | None, typer.Option(help="Worker processes [default: one a core].", show_default=False)] = None,
) -> None:
    """Kill runs at random moments, resume them, and compare each database with that of an undisturbed run."""
    from pipeline.trials.kills import kills
    from pipeline.trials.runs import TrialError

    flags = () if workers is None else ("--workers", str(workers))
    with _wrong_use(), _interruptible():
        try:
            trial = kills(
                count, seed=seed, pages=pages, engine=engine.value, flags=flags, say=lambda sentence: print(sentence, file=sys.stderr)
            )
        except (TrialError, ValueError) as error:
            _stop(str(error))
    print(trial.summary())
    if not trial.well:
        raise typer.Exit(FAILED)


@trial_app.command("engines")
def trial_engines(pages: Annotated[int, typer.Option(min=1, help="Pages of the archive, at least.")] = 1000) -> None:
    """Run the same archive directly, by Prefect, and on Dask with two and with four workers: the same database, and what each costs."""
    from pipeline.trials.engines import engines
    from pipeline.trials.runs import TrialError

    with _wrong_use(), _interruptible():
        try:
            trial = engines(pages)
        except (TrialError, ValueError) as error:
            _stop(str(error))
    print(trial.summary())
    if not trial.well:
        raise typer.Exit(FAILED)


@trial_app.command("damage")
def trial_damage(
    count: Annotated[int, typer.Option(min=1, help="How many damaged PDFs.")] = 500,
    seed: Seed = 1,
    document_seconds: Annotated[float, typer.Option(help="The longest one document may take.")] = 20.0,
    keep: Annotated[
        Path | None, typer.Option(help="Keep those that crashed or took too long in this folder [default: none].", show_default=False)
    ] = None,
) -> None:
    """Ingest PDFs with bytes flipped, pieces cut out and structures nested: no crash of the run, none unaccounted for."""
    from pipeline.trials.damage import damage
    from pipeline.trials.runs import TrialError

    with _wrong_use(), _interruptible():
        try:
            trial = damage(count, seed=seed, document_seconds=document_seconds, keep=keep)
        except TrialError as error:
            _stop(str(error))
    print(trial.summary())
    if not trial.well:
        raise typer.Exit(FAILED)


@trial_app.command("reviewers")
def trial_reviewers(
    minutes: Annotated[float, typer.Option(min=0.1, help="How long.")] = 10.0,
    people: Annotated[int, typer.Option(min=1, help="How many reviewers.")] = 4,
    kill: Annotated[bool, typer.Option("--kill/--no-kill", help="Kill the server in the middle.")] = True,
    seed: Seed = 1,
) -> None:
    """Reviewers decide as fast as they can while documents are read in and the server is killed; then everything is counted."""
    from pipeline.trials.desk import DeskError
    from pipeline.trials.reviewers import reviewers

    with _wrong_use(), _interruptible():
        try:
            trial = reviewers(minutes, people, kill=kill, seed=seed, say=lambda sentence: print(sentence, file=sys.stderr))
        except DeskError as error:
            _stop(str(error))
    print(trial.summary())
    if not trial.well:
        raise typer.Exit(FAILED)


@trial_app.command("review-speed")
def trial_review_speed(
    assignments: Annotated[int, typer.Option(min=10, help="Assignments in the database.")] = 100_000,
    documents: Annotated[int, typer.Option(min=1, help="Documents they stand in.")] = 5_000,
    asked: Annotated[int, typer.Option(min=10, help="How many answers of each kind are measured.")] = 200,
) -> None:
    """Measure how long a reviewer waits for the queue, a record, a decision and a page, in a large generated database."""
    from pipeline.trials.desk import DeskError
    from pipeline.trials.review_speed import review_speed

    with _wrong_use(), _interruptible():
        try:
            speed = review_speed(assignments, documents, asked=asked, say=lambda sentence: print(sentence, file=sys.stderr))
        except DeskError as error:
            _stop(str(error))
    print(speed.summary())
    if not speed.well:
        raise typer.Exit(FAILED)


@threads_app.command("link")
def threads_link(
    everything: Annotated[bool, typer.Option("--everything", help="Forget what was linked and link all of it anew.")] = False,
    db: Db = None,
    data: Data = None,
) -> None:
    """Link what changed since the last time, as every ingest does at its end."""
    settings = _settings(db=db, data=data)
    from pipeline.store import Store

    with _wrong_use(), Store.open(settings.database, create=False) as store:
        done = store.relink(everything=everything)
    print(f"{done.documents} documents had changed: {done.records} records compared, {done.made} threads made.")
    print(f"{settings.database} holds {done.threads} threads; {done.doubtful} links wait for a person.")


@threads_app.command("draw")
def threads_draw(
    count: Annotated[int, typer.Option(min=1, help="How many ties.")] = 50,
    seed: Annotated[int, typer.Option(help="Decides the draw.")] = 1,
    db: Db = None,
    data: Data = None,
) -> None:
    """Draw ties at random, to be read by hand: links between records, and reports that were tied to an assignment."""
    settings = _settings(db=db, data=data)
    from pipeline.follow_up.ties import draw
    from pipeline.store import Store

    with _wrong_use():
        Store.open(settings.database, create=False, read_only=True).close()
        print(draw(settings.database, count, seed), end="")


@trial_app.command("list-speed")
def trial_list_speed(
    assignments: Annotated[int, typer.Option(min=10, help="Assignments in the database.")] = 1_000_000,
    documents: Annotated[int, typer.Option(min=1, help="Documents they stand in.")] = 100_000,
    boards: Annotated[int, typer.Option(min=1, help="How many of the largest boards get their list.")] = 3,
    db: Annotated[Path | None, typer.Option("--db", help="Keep the generated database here, or use the one that is here.")] = None,
) -> None:
    """Measure how long a board's list takes in a large generated database: the workbook has two seconds."""
    from pipeline.trials.list_speed import list_speed
    from pipeline.trials.runs import TrialError

    with _wrong_use(), _interruptible():
        try:
            speed = list_speed(assignments, documents, boards=boards, database=db, say=lambda sentence: print(sentence, file=sys.stderr))
        except TrialError as error:
            _stop(str(error))
    print(speed.summary())
    if not speed.well:
        raise typer.Exit(FAILED)


@trial_app.command("analyst-speed")
def trial_analyst_speed(
    assignments: Annotated[int, typer.Option(min=10, help="Assignments in the database.")] = 1_000_000,
    documents: Annotated[int, typer.Option(min=1, help="Documents they stand in.")] = 100_000,
    asked: Annotated[int, typer.Option(min=10, help="How many answers of each kind are measured, at least.")] = 100,
    db: Annotated[Path | None, typer.Option("--db", help="Keep the generated database here, or use the one that is here.")] = None,
    seed: Seed = 1,
) -> None:
    """Measure how long an analyst waits for the front page, views, facets, searches, lists and threads, in a large generated database."""
    from pipeline.trials.analyst_speed import analyst_speed
    from pipeline.trials.desk import DeskError

    with _wrong_use(), _interruptible():
        try:
            speed = analyst_speed(
                assignments, documents, asked=asked, database=db, seed=seed, say=lambda sentence: print(sentence, file=sys.stderr)
            )
        except DeskError as error:
            _stop(str(error))
    print(speed.summary())
    if not speed.well:
        raise typer.Exit(FAILED)


def _settings(**flags: Any) -> Settings:
    """The settings of a command, or exit code 2 and a sentence."""
    from pipeline.settings import WrongSettingsError, load_settings

    try:
        return load_settings(**flags)
    except WrongSettingsError as error:
        _stop(str(error))


@contextmanager
def _wrong_use() -> Iterator[None]:
    """Turns what a person can mend into exit code 2 and a sentence."""
    from pipeline.serving import AddressError
    from pipeline.store import StoreError

    try:
        yield
    except (StoreError, AddressError) as error:
        _stop(str(error))
    except PermissionError as error:
        _stop(f"{error.filename} may not be written ({error.strerror}): name another folder with --data or file with --db.")
    except ValueError as error:
        from rules.ruleset import RuleError  # only now: a command that needs no rules does not wait for them

        if not isinstance(error, RuleError):
            raise
        _stop(f"The rules do not hold:\n{error}")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C and a polite request to end: workers and servers are ended, the last whole batch stays, and running again goes on."""

    def raise_interrupt(number: int, frame: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, raise_interrupt)
    try:
        yield
    except KeyboardInterrupt:
        print("Interrupted. What was loaded is kept; run again to go on.", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(WRONG_USE)


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def main() -> None:
    """The command ``uppdrag``."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that is not UTF-8 shows what it can
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()


if __name__ == "__main__":
    main()
