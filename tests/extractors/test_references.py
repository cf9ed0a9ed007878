"""References: every diary form of the catalogue's section 7, § citations, laws, meetings and printed matter."""

# ruff: noqa: E501 - one sentence a line is what makes the tables readable

from __future__ import annotations

from datetime import date

import pytest

from extractors.dates import find_dates
from extractors.references import ParagraphReference, find_references, parse_paragraph_reference
from rules.ruleset import load_rules
from tests.extractors.marked_up import document_of, parse

CASES = [
    # --- § with the day of its meeting
    "beslut <ref kind='paragraph' normalized='2022-04-28 § 16 punkt 2'>2022-04-28 § 16 punkt 2</ref> till nämnden",
    "på mötet <ref kind='paragraph' normalized='2023-05-02 § 62'>den 2 maj 2023, § 62</ref>, fick styrelsen",
    "mötet <ref kind='paragraph' normalized='§ 57'>den 23 maj, § 57</ref>, presenterades",
    "<ref kind='paragraph' normalized='2025-02-05 § 125'>5 februari 2025, § 125</ref>",
    # the § before the day
    "enligt <ref kind='paragraph' normalized='2023-05-02 § 62'>§ 62 den 2 maj 2023</ref>",
    # the § lost in print, between commas
    "på nämndens möte <ref kind='paragraph' normalized='§ 58'>den 23 maj, 58</ref>, redovisades",
    # … but not a count of persons
    "den 23 maj, 58 personer kom",
    # in a list each § belongs to the day before it
    "Bordlagt <ref kind='paragraph' normalized='2024-03-20 § 226'>den 20 mars 2024, § 226</ref>, <ref kind='paragraph' normalized='2024-04-10 § 305'>den 10 april 2024, § 305</ref>",
    # --- § alone
    "<ref kind='paragraph' normalized='§ 196'>§ 196</ref> Uppdrag, <ref kind='paragraph' normalized='§ 133/2016'>§ 133/2016</ref>, <ref kind='paragraph' normalized='§ 3 a'>§3 a</ref>",
    "paragraferna <ref kind='paragraph' normalized='§§ 82-87'>§§ 82-87</ref> och <ref kind='paragraph' normalized='§§ 76-93'>§§ 76 – 93</ref>",
    # --- laws apart
    "enligt <ref kind='law'>kommunallagen (KL) 10 kap. 2–6 §§</ref>",
    "enligt <ref kind='law'>5 kap 50 § kommunallagen</ref> och <ref kind='law'>16 kap 6 f §</ref>",
    "enligt <ref kind='law'>27 § förvaltningslagen</ref> samt <ref kind='law'>lag (1993:387)</ref> om stöd",
    # an own order is a document
    "med stöd av <ref kind='document'>§ 21 i fullmäktiges arbetsordning</ref>",
    "paragraf 1 kapitel 2 i planen",
    # --- diary numbers
    "Ärendenummer <ref kind='diary'>SLK-2025-00144</ref>, <ref kind='diary'>SLK-2023-00027:45</ref>",
    "§\u00a0skrivelse (<ref kind='diary'>RS/121/2023</ref>), <ref kind='diary'>HSN/570/2023</ref>, <ref kind='diary'>LS/1802/2013</ref>",
    "<ref kind='diary'>RS 552-2025</ref>, <ref kind='diary'>RS 269:1-2020</ref>",
    "<ref kind='diary' normalized='RS 2018-06226'>RS 2018–06226</ref> med tankstreck",
    "<ref kind='diary'>RS 2022/713-1</ref> och <ref kind='diary'>RS2022/1000</ref>, <ref kind='diary'>KS/2018:4</ref>, <ref kind='diary'>SN-2017/104</ref>",
    "<ref kind='diary'>SHS2018-0002</ref>, <ref kind='diary'>KSM-2023-260-214</ref>, <ref kind='diary'>2016KSM1221.042</ref>",
    "<ref kind='diary'>2023/KS 0362</ref>, <ref kind='diary'>2021/KS 0280 013</ref>, <ref kind='diary'>2016/0380 KS-3</ref>, <ref kind='diary'>2006/064-04</ref>",
    "Dnr <ref kind='diary'>KS-2024-00780</ref>, i listan <ref kind='diary'>2025-00143</ref>",
    "DNR:<ref kind='diary'>KU/2007.9</ref>, DNR: <ref kind='diary'>KF/2006.366</ref>, Dnr <ref kind='diary'>KNSLI/20014197</ref>, Dnr <ref kind='diary'>4468-2017</ref>",
    "Diarienummer <ref kind='diary'>1700021</ref>, Diarienummer <ref kind='diary'>00322/2026</ref>, ärendenummer <ref kind='diary'>2023-630</ref>",
    # without a label, right behind a §
    "<ref kind='paragraph' normalized='§ 26'>§ 26</ref> <ref kind='diary'>1371/21</ref> Redovisning",
    "<ref kind='paragraph' normalized='§ 71'>§ 71</ref>, <ref kind='diary'>202/24</ref>",
    # --- printed matter, documents
    "<ref kind='printed_matter' normalized='Handling 2024 nr 63'>Handling 2024 nr 63</ref> och <ref kind='printed_matter' normalized='Handling 2023 nr 128'>2023 nr 128</ref>.",
    "yttrande över <ref kind='document'>SOU 2024:3</ref> och <ref kind='document'>prop. 2016/17:171</ref>",
    "i <ref kind='document'>Regionplan 2024-2026</ref> och till <ref kind='document'>kompletteringsbudget 1 2025</ref>",
    # --- meetings
    "till <ref kind='meeting' normalized='regionstyrelsens 30–31 maj'>regionstyrelsens sammanträde den 30–31 maj</ref>",
    "efter <ref kind='meeting' normalized='hälso- och sjukvårdsnämndens 14 juni'>hälso- och sjukvårdsnämndens möte den 14 juni</ref>",
    "<ref kind='meeting' normalized='RUN 2023-05-17'>RUN 2023-05-17</ref>",
    "<ref kind='meeting' normalized='Regionfullmäktige 2025-11-12'>Regionfullmäktige beslutade den 12 november 2025</ref> om plan",
    # a meeting whose § is printed is a §
    "nämndens möte <ref kind='paragraph' normalized='2023-05-02 § 62'>den 2 maj 2023, § 62</ref>",
    # --- look-alikes
    "sida 1(3), läsåret 2023/24, tel 070-222 37 83, org.nr 212000-1355, Granen 40:17",
]  # fmt: skip


@pytest.mark.parametrize("marked", CASES)
def test_references(marked: str) -> None:
    text, marks = parse(marked)
    references = find_references(document_of(text), load_rules())
    assert [(r.raw, r.kind) for r in references] == [(m.text, m.values["kind"]) for m in marks]
    for reference, mark in zip(references, marks, strict=True):
        assert text[reference.span.start : reference.span.end] == reference.raw
        assert reference.normalized == mark.values.get("normalized", reference.raw)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-04-28 § 16 punkt 2", ParagraphReference(date(2022, 4, 28), "§ 16", "2")),
        ("den 2 maj 2023, § 62 a", ParagraphReference(date(2023, 5, 2), "§ 62 a", None)),
        # the year of a day without one is the one found for the date
        ("den 23 maj, § 57,", ParagraphReference(date(2024, 5, 23), "§ 57", None)),
        ("den 23 maj, 58,", ParagraphReference(date(2024, 5, 23), "§ 58", None)),
        ("§§ 82-87", ParagraphReference(None, "§ 82", None)),
        ("§ 133/2016", ParagraphReference(None, "§ 133/2016", None)),
    ],
)
def test_a_paragraph_reference_in_parts(text: str, expected: ParagraphReference) -> None:
    document = document_of(text)
    dates = find_dates(document, load_rules(), meeting=date(2024, 6, 12), document_year=None)
    (reference,) = find_references(document, load_rules())
    assert parse_paragraph_reference(reference, dates) == expected


def test_a_reference_never_crosses_blocks() -> None:
    assert [r.raw for r in find_references(document_of("den 2 maj 2023,\n§ 62"), load_rules())] == ["§ 62"]


def test_every_rule_finds_its_own_examples() -> None:
    rules = load_rules()
    for rule in rules.language.references.rule:
        for example in rule.examples:
            plain = example.replace("⟦", "").replace("⟧", "")
            assert rule.kind in [r.kind for r in find_references(document_of(plain), rules)], plain
