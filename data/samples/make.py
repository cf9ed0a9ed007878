#!/usr/bin/env python3
"""Makes every sample document: ``data/raw/*.pdf``, its gold in ``data/raw/gold/``, and the manifest that says they are current.

``make.py`` makes what has changed, ``make.py --all`` everything, ``make.py NAME …`` the named ones, ``make.py --check`` changes
nothing and says (exit code 1) what is not current. Needs LibreOffice and poppler-utils to draw, nothing but Python to check.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import gold as golden  # noqa: E402
from markup import Source, SourceError, read  # noqa: E402

RAW = HERE.parent / "raw"
MANIFEST = HERE / "manifest.json"
PRIVATE = HERE / "private_names.json"


def sources() -> list[Source]:
    """Every source, by name."""
    return [read(path) for path in sorted((HERE / "texts").glob("*.txt"))]


def digest(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def dump(value: Any) -> str:
    """JSON as it is written here: readable, with Swedish letters, ending in a line feed."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def drawing() -> dict[str, str]:
    """The hashes of the programs that draw; a change to one makes every PDF stale."""
    names = ["markup.py", "office.py", "report.py", "scan.py", "slides.py", "syllables.py"]
    return {name: digest(HERE / name) for name in names}


def office_print(files: list[Path], folder: Path) -> None:
    """Prints office documents as PDF with LibreOffice, in a profile of their own."""
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=300)


def settle(made: Path, out: Path, source: Source, producer: str) -> None:
    """Writes the PDF with the document's own dates and no chance in it."""
    import pikepdf

    stamp = "D:" + str(source.head["date"]).replace("-", "") + "120000+01'00'"
    with pikepdf.open(made) as pdf:
        if "/Metadata" in pdf.Root:
            del pdf.Root.Metadata
        for key in list(pdf.docinfo):
            del pdf.docinfo[key]
        pdf.docinfo["/Title"] = str(source.head["title"])
        pdf.docinfo["/Author"] = str(source.head.get("author", "Region Ljusmark"))
        pdf.docinfo["/Producer"] = producer
        pdf.docinfo["/CreationDate"] = stamp
        pdf.docinfo["/ModDate"] = stamp
        for chance in ("/DocChecksum", "/ID"):  # made from the clock
            if chance in pdf.trailer:
                del pdf.trailer[chance]
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def draw(chosen: list[Source]) -> None:
    """Draws the PDFs of the chosen sources and checks that all their gold is printed in them."""
    import check
    import office
    import report
    import scan
    import slides

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        waiting = []
        for source in chosen:
            maker = source.head["maker"]
            if maker == "writer":
                waiting.append(folder / f"{source.stem}.docx")
                office.Page(source).draw(waiting[-1])
            elif maker == "impress":
                waiting.append(folder / f"{source.stem}.fodp")
                slides.draw(source, waiting[-1])
            else:
                report.Sheet(source).draw(folder / f"{source.stem}.pdf")
        if waiting:
            office_print(waiting, folder)
        for source in chosen:
            made = folder / f"{source.stem}.pdf"
            check.printed(source, golden.make(source), made)
            producer = {"writer": "LibreOffice", "impress": "LibreOffice", "scan": "Scanner"}.get(str(source.head["maker"]), "ReportLab")
            if source.head["maker"] == "scan":
                scanned = folder / f"{source.stem}-scan.pdf"
                scan.scan(made, scanned, seed=int(source.stem.split("-")[0]))
                made = scanned
            settle(made, RAW / f"{source.stem}.pdf", source, producer)


def entry(source: Source, gold: dict[str, Any]) -> dict[str, Any]:
    """What the manifest says of one document."""
    import pypdfium2

    pdf = RAW / f"{source.stem}.pdf"
    document = pypdfium2.PdfDocument(pdf)
    pages = len(document)
    document.close()
    return {
        "source": digest(source.path),
        "pdf": digest(pdf),
        "gold": digest(RAW / "gold" / f"{source.stem}.json"),
        "kind": gold["kind"],
        "maker": gold["maker"],
        "pages": pages,
    }


def stale(manifest: dict[str, Any], every: list[Source]) -> list[str]:
    """What is not current, one sentence each."""
    out = []
    documents = manifest.get("documents", {})
    if manifest.get("drawing") != drawing():
        out.append("The programs that draw have changed since the PDFs were made.")
    for source in every:
        pdf, kept = RAW / f"{source.stem}.pdf", RAW / "gold" / f"{source.stem}.json"
        known = documents.get(source.stem)
        if known is None or not pdf.is_file() or not kept.is_file():
            out.append(f"{source.stem} has not been made.")
            continue
        if known["source"] != digest(source.path):
            out.append(f"{source.stem}: its text has changed since its PDF was made.")
        if known["pdf"] != digest(pdf):
            out.append(f"{source.stem}: the PDF is not the one that was made.")
        if kept.read_text("utf-8") != dump(golden.make(source)):
            out.append(f"{source.stem}: the gold is not what its text says.")
    stems = {source.stem for source in every}
    out += [f"{path.name} has no source." for path in sorted(RAW.glob("*.pdf")) if path.stem not in stems]
    out += [f"gold/{path.name} has no source." for path in sorted((RAW / "gold").glob("*.json")) if path.stem not in stems]
    return out


def private_names(golds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The private persons in the samples and where each stands."""
    found: dict[str, list[str]] = {}
    for one in golds:
        for person in one["persons"]:
            if person["role"] == "enskild":
                found.setdefault(person["name"], []).append(one["file"])
    return [{"name": name, "documents": files} for name, files in sorted(found.items())]


def main(arguments: list[str]) -> int:
    """Makes or checks; 0 all well, 1 not current, 2 a source that must be mended."""
    try:
        every = sources()
        golds = {source.stem: golden.make(source) for source in every}
        manifest: dict[str, Any] = json.loads(MANIFEST.read_text("utf-8")) if MANIFEST.is_file() else {}
        if "--check" in arguments:
            wrong = stale(manifest, every)
            print("\n".join(wrong) or f"{len(every)} documents, all current.")
            return 1 if wrong else 0
        known = manifest.get("documents", {})
        whole = "--all" in arguments or (not arguments and manifest.get("drawing") != drawing())
        chosen = [
            source
            for source in every
            if whole
            or any(source.stem.startswith(name) for name in arguments)
            or not (RAW / f"{source.stem}.pdf").is_file()
            or known.get(source.stem, {}).get("source") != digest(source.path)
        ]
        (RAW / "gold").mkdir(parents=True, exist_ok=True)
        draw(chosen)
        for source in every:
            (RAW / "gold" / f"{source.stem}.json").write_text(dump(golds[source.stem]), "utf-8")
        documents = {source.stem: entry(source, golds[source.stem]) for source in every}
        MANIFEST.write_text(dump({"drawing": drawing(), "documents": documents}), "utf-8")
        PRIVATE.write_text(dump(private_names(list(golds.values()))), "utf-8")
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(chosen)} drawn, {len(every)} documents, {sum(d['pages'] for d in documents.values())} pages.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
