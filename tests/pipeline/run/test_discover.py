"""Which files the paths of a command mean."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from extractors.model import FileStatus
from pipeline.discover import Found, Trouble, digest, digests, discover, printable


def names(*paths: Path) -> list[str]:
    return [Path(item.path).name for item in discover(paths)]


def touch(path: Path, content: bytes = b"%PDF-1.7") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_pdfs_whatever_the_case_in_name_order_folders_after_files(tmp_path: Path) -> None:
    for name in ("b.PDF", "a.pdf", "c.Pdf", "d.docx", "pdf", "2023/x.pdf", "2022/y.pdf"):
        touch(tmp_path / name)
    assert names(tmp_path) == ["a.pdf", "b.PDF", "c.Pdf", "y.pdf", "x.pdf"]


def test_a_path_named_twice_is_one_and_a_file_by_name_counts_whatever_it_is_called(tmp_path: Path) -> None:
    touch(tmp_path / "a.pdf")
    other = touch(tmp_path / "b.bin")
    assert names(tmp_path, tmp_path / "a.pdf", other, tmp_path / "." / "b.bin", tmp_path) == ["a.pdf", "b.bin"]


def test_loops_of_links_end(tmp_path: Path) -> None:
    touch(tmp_path / "år" / "a.pdf")
    (tmp_path / "år" / "upp").symlink_to(tmp_path)
    (tmp_path / "själv").symlink_to(tmp_path / "själv")
    (tmp_path / "länk.pdf").symlink_to(tmp_path / "år" / "a.pdf")
    assert names(tmp_path) == ["länk.pdf", "a.pdf"]


def test_a_link_to_nowhere_named_as_a_pdf_is_named(tmp_path: Path) -> None:
    (tmp_path / "borta.pdf").symlink_to(tmp_path / "finns-inte")
    (tmp_path / "borta.txt").symlink_to(tmp_path / "finns-inte")
    (item,) = discover([tmp_path])
    assert isinstance(item, Trouble)
    assert (Path(item.path).name, item.status) == ("borta.pdf", FileStatus.UNREADABLE)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rör.pdf")
    (item,) = discover([tmp_path])
    assert isinstance(item, Trouble)
    assert item.status is FileStatus.UNREADABLE


def test_an_unreadable_folder_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "x.pdf")
    touch(tmp_path / "b.pdf")
    (tmp_path / "a").chmod(0)
    try:
        if os.access(tmp_path / "a", os.R_OK):
            pytest.skip("The administrator may read every folder; run as another user to see this refused.")
        found = {Path(item.path).name: item for item in discover([tmp_path])}
    finally:
        (tmp_path / "a").chmod(0o755)
    assert isinstance(found["b.pdf"], Found)
    assert isinstance(found["a"], Trouble)
    assert found["a"].status is FileStatus.UNREADABLE


def test_a_folder_deeper_than_python_recurses(tmp_path: Path) -> None:
    folder = tmp_path
    try:
        for _ in range(1100):
            folder = Path(f"{folder}/d")
            folder.mkdir()
        touch(folder / "x.pdf")
        assert names(tmp_path) == ["x.pdf"]
    finally:
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)  # pytest removes old folders by recursion


def test_missing_and_empty(tmp_path: Path) -> None:
    (tmp_path / "tom" / "inre").mkdir(parents=True)
    assert [item.status for item in discover([tmp_path / "borta", tmp_path / "tom"]) if isinstance(item, Trouble)] == ["missing", "no_pdfs"]
    touch(tmp_path / "full" / "år" / "x.pdf")
    assert [type(item) for item in discover([tmp_path / "full", tmp_path / "full" / "år"])] == [Found]


def test_a_file_is_hashed_only_when_it_may_have_changed(tmp_path: Path) -> None:
    path = touch(tmp_path / "a.pdf")
    (found,) = discover([path])
    assert isinstance(found, Found)
    right = hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert digest(found) == right
    known = {str(path): (found.size, found.mtime_ns, "noted")}
    assert list(digests([found], known, threads=2)) == [(found, "noted")]
    known = {str(path): (found.size, found.mtime_ns - 1, "noted")}
    assert list(digests([found], known, threads=2)) == [(found, right)]
    path.unlink()
    ((_, gone),) = digests([found], {}, threads=2)
    assert isinstance(gone, Trouble)


def test_a_path_is_printable_whatever_bytes_it_has() -> None:
    assert printable(os.fsdecode(b"/n\xe4mnd.pdf")) == r"/n\xe4mnd.pdf"
    assert printable("/nämnd.pdf") == "/nämnd.pdf"
