"""Days and periods: every form of the catalogue's section 6, those of section 4 and the traps of section 12."""

# ruff: noqa: E501 - one sentence a line is what makes the tables readable

from __future__ import annotations

from datetime import date

import pytest

from extractors.dates import find_dates
from extractors.model import DateMention
from rules.ruleset import load_rules
from tests.extractors.marked_up import day, document_of, parse

MEETING = date(2024, 6, 12)

# read for a meeting on 12 June 2024; a tag without basis has a printed year
CASES = [
    # --- days
    "Mötet är <date first='2025-03-12' last='2025-03-12' precision='day'>2025-03-12</date>.",
    "den <date first='2025-03-12' last='2025-03-12'>12 mars 2025</date> och <date first='2025-03-13' last='2025-03-13'>13 mars 2025</date>",
    # weekday and clock stand outside
    "torsdagen den <date first='2023-09-21' last='2023-09-21'>21 september 2023</date>, klockan 16:30",
    # ordinals in figures and in words
    "den <date first='2024-11-05' last='2024-11-05'>5:e november 2024</date>, den <date first='2025-01-01' last='2025-01-01'>första januari 2025</date>",
    "senast den <date first='2024-06-30' last='2024-06-30' basis='meeting'>sista juni</date>",
    # abbreviated months
    "<date first='2024-02-05' last='2024-02-05'>5 feb 2024</date>, <date first='2024-09-03' last='2024-09-03'>3 sept. 2024</date>",
    # ISO broken over a line after the second hyphen
    "Datum <date first='2024-10-08' last='2024-10-08'>2024-10- 08</date>",
    # two-digit year: the century nearest to the document
    "Sammanträde <date first='2006-12-13' last='2006-12-13'>06-12-13</date>",
    # figures glued, slash, dots
    "gäller <date first='2017-01-01' last='2017-12-31' precision='day_range'>20170101-20171231</date>",
    "från den <date first='2018-01-01' last='2018-01-01'>1/1-2018</date> och <date first='2023-06-30' last='2023-06-30'>30/6 2023</date>",
    "senast <date first='2024-06-30' last='2024-06-30' basis='meeting'>30/6</date>",
    "<date first='2023-12-31' last='2023-12-31'>31.12.2023</date> eller <date first='2023-12-30' last='2023-12-30'>2023.12.30</date>",
    # year in two figures behind a dash
    "<date first='2024-09-17' last='2024-09-17'>17 sept -24</date>, <date first='2024-03-01' last='2024-05-31'>våren -24</date>, <date first='2025-03-01' last='2025-03-31'>mars -25</date>",
    # single figures, days of a month in figures
    "<date first='2023-01-05' last='2023-01-05'>2023-1-5</date>, <date first='2024-06-12' last='2024-06-13'>12-13/6 2024</date>",
    # impossible days stay mentions without a value
    "daterat <date first='-' last='-' precision='impossible'>2021-09-31</date> och den <date first='-' last='-' precision='impossible'>29 februari 2023</date>",
    # --- ranges of days
    "mötet den <date first='2024-05-30' last='2024-05-31' basis='meeting' precision='day_range'>30–31 maj</date>",
    "<date first='2025-06-17' last='2025-06-18'>17-18 juni 2025</date>",
    "<date first='2024-09-30' last='2024-10-01' basis='meeting'>30 september-1 oktober</date>",
    "<date first='2023-12-28' last='2024-01-03'>28 december 2023 – 3 januari 2024</date>",
    "<date first='2023-12-28' last='2024-01-03'>28 december – 3 januari 2024</date>",
    "från den <date first='2024-05-01' last='2024-08-31'>1 maj till och med den 31 augusti 2024</date>",
    "perioden <date first='2024-01-01' last='2024-06-30'>2024-01-01–2024-06-30</date>",
    "<date first='2024-01-01' last='2024-06-30'>1/1–30/6 2024</date>",
    # days of one month named once
    "den <date first='2023-05-04' last='2023-05-04'>4</date> och <date first='2023-05-05' last='2023-05-05'>5 maj 2023</date>",
    # --- months
    "<date first='2023-10-01' last='2023-10-31' precision='month'>Oktober 2023</date>",
    "redovisas i <date first='2024-09-01' last='2024-09-30' basis='meeting'>september</date>",
    "under <date first='2024-12-01' last='2024-12-31' basis='meeting'>december månad</date>",
    "senast <date first='2026-08-01' last='2026-08-31'>augusti 2026</date>",
    "<date first='2023-09-01' last='2023-12-31' precision='month_range'>september-december 2023</date>",
    "<date first='2024-09-01' last='2024-10-31' basis='meeting'>Sept-okt</date> inarbetas förslaget",
    "för perioden <date first='2023-09-01' last='2023-12-31'>september till december 2023</date>",
    "under <date first='2024-04-01' last='2024-05-31' basis='meeting' precision='month_range'>april och maj</date>",
    "i <date first='2024-05-01' last='2024-05-31' basis='meeting'>maj</date> samt <date first='2024-11-01' last='2024-11-30' basis='meeting'>november</date>",
    # the figures as they stood on the last day
    "delårsbokslutet <date first='2024-08-31' last='2024-08-31' basis='meeting' precision='month_end'>per augusti</date>",
    "tertialrapporten <date first='2026-04-30' last='2026-04-30'>per april 2026</date>",
    "prognosen efter <date first='2024-04-01' last='2024-04-30' basis='meeting' precision='month'>april</date>",
    # a day that was never filled in
    "<date first='2024-08-01' last='2024-08-31' basis='meeting' precision='month'>XX augusti</date> avstämning",
    # one wrong letter in a long month; never in a short one
    "<date first='2024-09-13' last='2024-09-13' basis='meeting'>13 septemger</date> rapport",
    "den <date first='2024-11-05' last='2024-11-05'>5 novmber 2024</date>, 5 majs, 7 jini",
    "i <date first='2024-06-01' last='2024-06-10' basis='meeting' precision='part_of_month'>början på juni</date>",
    "<date first='2024-11-21' last='2024-11-30'>slutet av november 2024</date>, <date first='2024-05-31' last='2024-06-01'>månadsskiftet maj/juni 2024</date>",
    # --- quarters, tertials, halves, seasons, terms, weeks
    "senast <date first='2023-07-01' last='2023-09-30' precision='quarter'>kvartal 3 2023</date>",
    "under <date first='2025-01-01' last='2025-03-31'>första kvartalet 2025</date> och <date first='2025-04-01' last='2025-06-30'>Q2 2025</date>",
    "<date first='2024-01-01' last='2024-03-31'>2024-Q1</date> och <date first='2024-07-01' last='2024-09-30'>2024 kvartal 3</date>",
    "efter <date first='2024-01-01' last='2024-03-31' basis='meeting'>årets första kvartal</date>",
    "<date first='2024-01-01' last='2024-06-30'>kvartal 1–2 2024</date>",
    "<date first='2024-05-01' last='2024-08-31' precision='tertial'>tertial 2 2024</date>",
    "<date first='2024-07-01' last='2024-12-31' precision='half'>andra halvåret 2024</date>, <date first='2025-01-01' last='2025-06-30'>H1 2025</date>",
    "under <date first='2023-03-01' last='2023-05-31' precision='season'>våren 2023</date> och <date first='2023-09-01' last='2023-11-30' basis='sentence'>hösten</date>",
    "<date first='2023-12-01' last='2024-02-29'>vintern 2023/2024</date>, <date first='2024-06-01' last='2024-11-30'>sommaren/hösten 2024</date>",
    "till <date first='2025-03-01' last='2025-05-31' basis='meeting'>våren</date>",
    "från <date first='2025-08-01' last='2025-12-31' precision='term'>höstterminen 2025</date>, läsåret <date first='2025-08-01' last='2026-06-30'>2025/26</date>",
    "<date first='2024-06-03' last='2024-06-09' basis='meeting' precision='week'>vecka 23</date>",
    "vid årsskiftet <date first='2024-12-31' last='2025-01-01'>2024/2025</date>, efter <date first='2024-06-30' last='2024-07-01'>halvårsskiftet 2024</date>",
    # --- years
    "får effekt under <date first='2023-01-01' last='2023-12-31' precision='year'>2023</date>",
    "senast <date first='-' last='2025-12-31'>2025</date>, senast under <date first='-' last='2022-12-31'>2022</date>",
    "från och med <date first='2026-01-01' last='-'>2026</date> till och med <date first='-' last='2028-12-31'>2028</date>",
    "i <date first='2026-12-01' last='2026-12-31' precision='part_of_year'>slutet av 2026</date>, vid <date first='2025-12-31' last='2025-12-31'>utgången av 2025</date>",
    "perioden <date first='2024-01-01' last='2026-12-31' precision='year_range'>2024- 2026</date>",
    "under <date first='2021-01-01' last='2023-12-31'>2021, 2022 och även 2023</date>",
    "före <date first='2024-12-31' last='2024-12-31' basis='meeting'>årets slut</date>",
    # the rest of a year begins where the text has come to
    "Nämnden möttes den <date first='2023-05-23' last='2023-05-23'>23 maj 2023</date>. För <date first='2023-05-23' last='2023-12-31'>återstoden av 2023</date> gäller",
    # --- the year
    # the last of a list prints it
    "den <date first='2024-04-10' last='2024-04-10' basis='sentence'>10 april</date>, § 5, den <date first='2024-04-24' last='2024-04-24'>24 april 2024</date>",
    # … also over a turn of the year
    "den <date first='2023-12-13' last='2023-12-13' basis='sentence'>13 december</date> och den <date first='2024-01-10' last='2024-01-10'>10 januari 2024</date>",
    # an earlier date of the sentence
    "Nämnden gav den <date first='2022-02-02' last='2022-02-02'>2 februari 2022</date> svar och återkom den <date first='2022-03-03' last='2022-03-03' basis='sentence'>3 mars</date>.",
    # a deadline lies ahead of the meeting, a decision behind it
    "ska redovisas senast den <date first='2025-01-31' last='2025-01-31' basis='meeting'>31 januari</date>",
    "Bordlagt den <date first='2023-12-13' last='2023-12-13' basis='meeting'>13 december</date>",
    # --- look-alikes
    "Handling 2024 nr 63, 2023 nr 128, budget 2026, årsredovisning 2025",
    "avfallsplan 2021–2030, program för barn 2020-2023",
    "§ 133/2016, § 63/20, 71/2024, SLK-2025-00144, RS 2018–06226, 2025-00143, KS/2018:4, 2006/064-04",
    "org.nr 212000-1355, fastigheten Granen 40:17, telefon 070-222 37 83, sida 1(3), kl. 13.30",
    "av Maj Karlsson, majoritet, mars-expeditionen, i vår kommun",
    "5 kap 50 § kommunallagen, punkt 3 och 4, § 7 och 8, 200 mnkr i 2016-01 års prisnivå",
    "den 4 § och 12 marsianer",
    # the number of a § before a date is no day
    "Bordlagt den <date first='2024-01-10' last='2024-01-10'>10 januari 2024</date>, § 7, den <date first='2024-01-24' last='2024-01-24'>24 januari 2024</date>",
]  # fmt: skip


def found(text: str, meeting: date | None = MEETING, document_year: int | None = 2024) -> tuple[DateMention, ...]:
    return find_dates(document_of(text), load_rules(), meeting=meeting, document_year=document_year)


@pytest.mark.parametrize("marked", CASES)
def test_dates(marked: str) -> None:
    text, marks = parse(marked)
    mentions = found(text)
    assert [(m.raw, m.first, m.last) for m in mentions] == [(k.text, day(k.values["first"]), day(k.values["last"])) for k in marks]
    for mention, mark in zip(mentions, marks, strict=True):
        assert text[mention.span.start : mention.span.end] == mention.raw
        assert mention.basis == mark.values.get("basis", "printed")
        assert mention.precision == mark.values.get("precision", mention.precision)


def test_the_year_comes_from_the_meeting_then_the_document_else_from_nowhere() -> None:
    assert [(m.first, m.basis) for m in found("den 15 maj", MEETING, 2022)] == [(date(2024, 5, 15), "meeting")]
    assert [(m.first, m.basis) for m in found("den 15 maj", None, 2022)] == [(date(2022, 5, 15), "document")]
    assert [(m.first, m.last, m.basis) for m in found("den 15 maj och i juni", None, None)] == [
        (None, None, "unknown"),
        (None, None, "unknown"),
    ]


def test_a_two_digit_year_without_any_year_to_go_by_stays_unknown() -> None:
    assert [(m.first, m.basis) for m in found("mötet 06-12-13", None, None)] == [(None, "unknown")]
    assert [m.first for m in found("mötet 06-12-13, protokoll för 2006", None, None)] == [date(2006, 12, 13)]
    assert [m.first for m in found("mötet 98-12-13", None, 2001)] == [date(1998, 12, 13)]


def test_29_february_of_a_common_year() -> None:
    assert [(m.first, m.precision) for m in found("den 29 februari", None, 2023)] == [(None, "impossible")]
    assert [(m.first, m.precision) for m in found("den 29 februari", None, 2024)] == [(date(2024, 2, 29), "day")]


def test_a_date_never_crosses_blocks() -> None:
    assert [m.raw for m in found("den 12\nmars 2024")] == ["mars 2024"]


def test_every_rule_reads_its_own_examples() -> None:
    for rule in load_rules().language.dates.rule:
        for example in rule.examples:
            plain = example.replace("⟦", "").replace("⟧", "")
            assert rule.id in [m.rule for m in found(plain)], plain


def test_the_tables_name_every_form_the_patterns_match() -> None:
    language = load_rules().language
    months = {form for forms in language.dates.months.values() for form in forms}
    printed = language.macros["date_month"].removeprefix("(?i:").removesuffix(")").replace("febr?", "feb|febr").replace("sept?", "sep|sept")
    assert set(printed.split("|")) == months
    assert set(language.dates.fuzzy.words) <= months
    assert all(len(word) >= 6 for word in language.dates.fuzzy.words)
