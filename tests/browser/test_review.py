"""A reviewer's work in a real browser, with the keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from .conftest import ROOT, Browsers, Site, sign_in


def on_record(page: Page) -> str:
    page.wait_for_url(re.compile(r"/-/granska/post/"))
    found = re.search(r"/post/([0-9a-f]{16})", page.url)
    assert found
    return found[1]


def decide(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def test_twenty_records_with_the_keyboard_alone(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/-/granska")
    page.keyboard.press("Enter")
    seen = [on_record(page)]
    for _ in range(20):
        decide(page, "g")
        seen.append(on_record(page))
    assert len(set(seen)) == 21
    assert site.row("SELECT count(*) FROM uppdrag WHERE granskad = 'ja'")[0] == 20
    decide(page, "z")
    assert on_record(page) == seen[-2]
    assert site.row("SELECT count(*) FROM uppdrag WHERE granskad = 'ja'")[0] == 19


def test_a_deadline_is_corrected_and_undone_by_keys_with_its_source_lit(page: Page, site: Site) -> None:
    (address,) = site.row("SELECT address FROM assignment WHERE instr(task, 'samlad handlingsplan')")
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("f")
    assert page.locator(".mark.deadline.lit").count() >= 1
    page.keyboard.press("Control+a")
    page.keyboard.type("2024-12-01")
    assert "Spara rättelsen" in page.locator("#spara").inner_text()
    decide(page, "Control+Enter")
    assert site.row("SELECT tidsfrist_till, granskad FROM uppdrag WHERE uppdrag_id = ?", address) == ("2024-12-01", "ja")
    decide(page, "z")
    assert site.row("SELECT tidsfrist_till FROM uppdrag WHERE uppdrag_id = ?", address) == ("2024-10-15",)


def test_neighbouring_pages_are_a_key_away_and_lose_nothing_typed(page: Page, site: Site) -> None:
    (address,) = site.row("SELECT address FROM assignment WHERE instr(task, 'avgifter och taxor')")
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("e")
    page.keyboard.press("End")
    page.keyboard.type(" NYTT")
    page.keyboard.press("Escape")
    before = page.locator("#sidnummer").inner_text()
    page.keyboard.press(".")
    assert page.locator("#sidnummer").inner_text() == str(int(before) + 1)
    assert "NYTT" in page.locator("#task").input_value()
    page.keyboard.press(",")
    assert page.locator(".mark.source:not(.elsewhere)").count() >= 1
    page.keyboard.press("?")
    assert page.locator("#hjalp").is_visible()


def test_reject_split_and_add_by_keys(page: Page, site: Site) -> None:
    (address,) = site.row("SELECT address FROM assignment WHERE instr(task, 'hyrsjuksköterskor')")
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("l")
    page.keyboard.press("Control+a")
    page.keyboard.type("första delen\nandra delen")
    decide(page, "Control+Enter")
    assert site.row("SELECT count(*) FROM uppdrag WHERE uppgift IN ('första delen', 'andra delen')") == (2,)
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("u")
    page.keyboard.type("bara ett exempel")
    decide(page, "Enter")
    assert site.row("SELECT verdict FROM current_review WHERE record = ?", address) == ("rejected",)
    page.goto(f"{site.address}/-/granska/post/{address}")
    decide(page, "a")
    page.locator("input[name=rad]").nth(3).focus()
    page.keyboard.press("Space")
    assert page.locator(".line.chosen").count() == 1
    decide(page, "Control+Enter")
    assert site.row("SELECT count(*) FROM current_review WHERE verdict = 'added' AND action = 'add'") == (1,)


def test_two_reviewers_collide_and_nothing_is_lost(page: Page, site: Site, browsers: Browsers) -> None:
    (address,) = site.row("SELECT address FROM assignment WHERE instr(task, 'anställningsprövning')")
    path = f"{site.address}/-/granska/post/{address}"
    page.goto(path)
    other = browsers["bo"].new_page()
    other.goto(path)
    other.fill("#task", "Bos ord")
    decide(other, "Control+Enter")
    other.close()
    page.fill("#task", "mina ord")
    decide(page, "Control+Enter")
    said = page.locator(".collision").inner_text()
    assert "bo hann före dig" in said
    assert "Bos ord" in said
    assert page.locator("#task").input_value() == "mina ord"
    decide(page, "Control+Enter")
    assert site.row("SELECT uppgift FROM uppdrag WHERE uppdrag_id = ?", address) == ("mina ord",)


def record_of(site: Site, words: str) -> str:
    """The address of the first assignment of the extraction whose task holds the words."""
    row = site.row("SELECT address FROM assignment WHERE instr(task, ?) ORDER BY id", words)
    assert row, words
    return str(row[0])


def test_merge_and_its_undoing_by_keys(page: Page, site: Site) -> None:
    (address, other) = site.row(
        "SELECT a.address, b.address FROM review_queue AS q JOIN assignment AS a ON a.id = q.assignment JOIN assignment AS b"
        " ON b.document = a.document AND b.id > a.id JOIN review_queue AS p ON p.assignment = b.id WHERE q.counted AND p.counted"
        " ORDER BY a.id, b.id"
    )
    (task,) = site.row("SELECT task FROM assignment WHERE address = ?", other)
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("s")
    while page.evaluate("document.activeElement.value") != other:
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    decide(page, "Control+Enter")
    assert site.row("SELECT verdict, merged_into FROM current_review WHERE record = ?", other) == ("merged", address)
    assert task in site.row("SELECT uppgift FROM uppdrag WHERE uppdrag_id = ?", address)[0]
    assert site.row("SELECT count(*) FROM uppdrag WHERE uppdrag_id = ?", other) == (0,)
    decide(page, "z")
    assert site.row("SELECT count(*) FROM uppdrag WHERE uppdrag_id IN (?, ?) AND granskad = 'nej'", address, other) == (2,)


def test_a_duplicate_is_marked_by_keys(page: Page, site: Site) -> None:
    (address,) = site.row(
        "SELECT a.address FROM review_queue AS q JOIN assignment AS a ON a.id = q.assignment WHERE q.counted ORDER BY a.id DESC"
    )
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("d")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#d-av").input_value()
    decide(page, "Control+Enter")
    assert site.row("SELECT verdict, duplicate_of FROM current_review WHERE record = ?", address) == ("duplicate", chosen)
    assert site.row("SELECT count(*) FROM uppdrag WHERE uppdrag_id = ?", address) == (0,)
    decide(page, "z")
    assert site.row("SELECT count(*) FROM uppdrag WHERE uppdrag_id = ?", address) == (1,)


def other_sections(folder: Path) -> None:
    """Rules that take what stands under "Beslut" for background."""
    path = folder / "sv" / "sections.toml"
    text = path.read_text(encoding="utf-8")
    block = next(b for b in re.split(r"(?m)^(?=\[\[)", text) if 'kind = "decision"' in b or 'id = "section.decision"' in b)
    path.write_text(text.replace(block, block.replace('"decision"', '"background"')), encoding="utf-8")


def without_a_frame(folder: Path) -> None:
    """Rules that do not know "får i uppdrag"."""
    path = folder / "sv" / "frames.toml"
    blocks = re.split(r"(?m)^(?=\[\[|# ---)", path.read_text(encoding="utf-8"))
    path.write_text("".join(block for block in blocks if 'id = "frame.i_uppdrag"' not in block), encoding="utf-8")


def unchanged(folder: Path) -> None:
    """The rules as they are."""


def test_a_stale_decision_is_found_read_again_and_stands(page: Page, site: Site) -> None:
    address = record_of(site, "avgifter och taxor")
    page.goto(f"{site.address}/-/granska/post/{address}")
    decide(page, "g")
    site.ingest_again(other_sections)
    try:
        page.goto(f"{site.address}/-/granska?lage=inaktuella")
        assert "Inaktuell:" in page.locator(f"li:has(a[href*='{address}'])").inner_text()
        page.goto(f"{site.address}/-/granska/post/{address}?lage=inaktuella")
        assert "både källtexten och tolkningen har ändrats" in page.locator(".message.warning").first.inner_text()
        assert "Status" in page.locator(".differs").inner_text()
        assert site.row("SELECT granskning FROM uppdrag WHERE uppdrag_id = ?", address) == ("inaktuell",)
        decide(page, "g")
        assert site.row("SELECT granskning FROM uppdrag WHERE uppdrag_id = ?", address) == ("gäller",)
    finally:
        site.ingest_again(unchanged)


def test_an_orphan_is_attached_to_another_point_and_back_by_keys(page: Page, site: Site) -> None:
    address = record_of(site, "samlad handlingsplan")
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("mina ord om planen")
    decide(page, "Control+Enter")
    site.ingest_again(without_a_frame)
    try:
        assert site.row("SELECT granskning FROM uppdrag WHERE uppdrag_id = ?", address) == ("föräldralös",)
        page.goto(f"{site.address}/-/granska?lage=foraldralosa")
        assert "mina ord om planen" in page.locator(".work").inner_text()
        page.goto(f"{site.address}/-/granska/post/{address}?lage=foraldralosa")
        assert "hittas inte längre" in page.locator(".message.warning").first.inner_text()
        (other,) = site.row(
            "SELECT a.address FROM review_current AS r JOIN document AS d ON d.sha256 = r.document JOIN assignment AS a"
            " ON a.document = d.id WHERE r.record = ? ORDER BY a.id DESC",
            address,
        )
        page.keyboard.press("t")
        while page.locator("#k-till").input_value() != other:
            page.keyboard.press("ArrowDown")
        decide(page, "Control+Enter")
        row = site.row("SELECT uppgift, granskning FROM uppdrag WHERE uppdrag_id = ?", other)
        assert row == ("mina ord om planen", "gäller")
        assert site.row("SELECT count(*) FROM uppdrag WHERE uppdrag_id = ?", address) == (0,)
        decide(page, "z")
        assert site.row("SELECT granskning FROM uppdrag WHERE uppdrag_id = ?", address) == ("föräldralös",)
    finally:
        site.ingest_again(unchanged)
    assert site.row("SELECT uppgift, granskning FROM uppdrag WHERE uppdrag_id = ?", address) == ("mina ord om planen", "gäller")
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("i")
    decide(page, "Enter")
    assert site.row("SELECT granskad FROM uppdrag WHERE uppdrag_id = ?", address) == ("nej",)


def test_a_whole_document_is_gone_through_in_page_order(page: Page, site: Site) -> None:
    (sha256,) = site.row("SELECT sha256 FROM document WHERE name LIKE '06-%'")
    left = "SELECT count(*) FROM review_queue AS q JOIN assignment AS a ON a.id = q.assignment WHERE q.counted AND a.document ="
    left += " (SELECT id FROM document WHERE sha256 = ?)"
    page.goto(f"{site.address}/-/granska?dokument={sha256}")
    assert page.locator("button[data-key=m]").count() == 0, "it is not gone through while a record waits"
    first = page.locator(".progress li.v-open a").first
    first.focus()
    decide(page, "Enter")
    pages = []
    for _ in range(site.row(left, sha256)[0]):
        pages.append(site.row("SELECT page FROM assignment WHERE address = ?", on_record(page))[0])
        decide(page, "g")
    assert site.row(left, sha256) == (0,)
    assert pages == sorted(pages)
    page.wait_for_url(re.compile(r"/-/granska\?"))
    decide(page, "m")
    assert site.row("SELECT genomganget FROM tackning WHERE dokument_id = ?", sha256) == ("ja",)
    decide(page, "m")
    assert site.row("SELECT genomganget FROM tackning WHERE dokument_id = ?", sha256) == ("nej",)


def test_without_single_keys_everything_is_reached_with_tab_and_enter(page: Page, site: Site) -> None:
    """WCAG 2.1.4: keys of one letter can be turned off, and then they do nothing."""
    (address,) = site.row("SELECT a.address FROM review_queue AS q JOIN assignment AS a ON a.id = q.assignment WHERE q.counted")
    page.goto(f"{site.address}/-/granska/post/{address}")
    page.keyboard.press("?")
    page.locator("#tangenter").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    try:
        before = site.row("SELECT count(*) FROM review_change_set")
        page.reload()
        for key in "gzuds":
            page.keyboard.press(key)
        assert (on_record(page), site.row("SELECT count(*) FROM review_change_set")) == (address, before)
        reached = set()
        for _ in range(120):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.name || document.activeElement.innerText"))
            if page.evaluate("document.activeElement.id") == "spara":
                break
        assert {"task", "status", "act", "assigner", "dr-0", "dl-0", "skal", "spara", "original"} <= reached
        decide(page, "Enter")
        assert site.row("SELECT granskad FROM uppdrag WHERE uppdrag_id = ?", address) == ("ja",)
    finally:
        page.evaluate("localStorage.clear()")


def test_what_has_focus_is_never_covered(page: Page, site: Site) -> None:
    """WCAG 2.4.11: the bar with the button stays at the bottom, and nothing that has focus is under it, in a small window too."""
    address = record_of(site, "samlad handlingsplan")
    for width, height in ((1400, 700), (1000, 500)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{site.address}/-/granska/post/{address}")
        page.locator("#task").focus()
        covered = []
        for _ in range(40):
            page.keyboard.press("Tab")
            found = page.evaluate(
                """() => { const e = document.activeElement, b = e.getBoundingClientRect();
                const at = document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2);
                return [e.id || e.name || e.innerText, e === document.body || !!at && (e === at || e.contains(at) || at.contains(e))]; }"""
            )
            if not found[1]:
                covered.append(found[0])
        assert covered == []


def test_the_source_of_every_kind_of_value_is_lit_while_its_field_has_focus(page: Page, site: Site) -> None:
    address = record_of(site, "samlad handlingsplan")
    page.goto(f"{site.address}/-/granska/post/{address}")
    lit = {}
    for field in page.locator("#posten [data-of]").all():
        of = field.get_attribute("data-of")
        field.focus()
        marks = page.locator(f".mark[data-mark='{of}']")
        if marks.count():
            lit[of] = page.locator(".mark.lit").count() == marks.count() > 0
    assert lit
    assert all(lit.values()), lit
    assert {"task", "assignee-0", "deadline-0"} <= set(lit)


def test_whoever_was_signed_out_while_typing_loses_nothing(browsers: Browsers, site: Site) -> None:
    (address,) = site.row("SELECT a.address FROM review_queue AS q JOIN assignment AS a ON a.id = q.assignment WHERE q.counted ORDER BY 1")
    context = browsers.start()
    try:
        sign_in(context, site, "bo")
        page = context.new_page()
        page.goto(f"{site.address}/-/granska/post/{address}")
        page.fill("#task", "skrivet länge")
        context.clear_cookies(name="uppdrag_session")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        assert "det du skrev finns kvar" in page.locator("main").inner_text()
        assert site.row("SELECT count(*) FROM uppdrag WHERE uppgift = 'skrivet länge'") == (0,)
        with context.expect_page() as opened:
            page.get_by_text("Logga in i en ny flik").click()
        sign_in(context, site, "bo", opened.value)
        with page.expect_navigation():
            page.get_by_role("button", name="Skicka igen").click()
        assert site.row("SELECT uppgift FROM uppdrag WHERE uppdrag_id = ?", address) == ("skrivet länge",)
    finally:
        context.close()


def test_a_colleague_s_open_record_is_shown_and_passed_over(page: Page, site: Site, browsers: Browsers) -> None:
    page.goto(f"{site.address}/-/granska")
    taken = page.locator(".work li > a").first.get_attribute("href")
    assert taken
    other = browsers["bo"].new_page()
    other.goto(site.address + taken)
    page.goto(f"{site.address}/-/granska")
    assert "öppen hos bo" in page.locator(".work li").first.inner_text()
    page.keyboard.press("Enter")
    assert on_record(page) not in taken
    page.goto(site.address + taken)
    assert "bo har också den här posten öppen" in page.locator("main").inner_text()
    other.close()


def test_every_key_is_in_the_help() -> None:
    """What `?` shows is what there is: a key of the pages or of the script that is not there fails."""
    web = ROOT / "pipeline" / "review" / "web"
    pages = "".join(path.read_text(encoding="utf-8") for path in (web / "templates").glob("*.html"))
    shown = {
        key.lower() for key in re.findall(r"<kbd>(.*?)</kbd>", (web / "templates" / "_granska_hjalp.html").read_text(encoding="utf-8"))
    }
    there = set(re.findall(r'data-key="(.+?)"', pages))
    there |= set(re.findall(r'key === "(\w)"', (web / "static" / "granska.js").read_text(encoding="utf-8")))
    assert there - shown == set()
    assert len(there) > 18
