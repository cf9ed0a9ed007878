"""Amounts: every wording of the catalogue's section 5 and the traps of section 12."""

# ruff: noqa: E501 - one sentence a line is what makes the tables readable

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.amounts import find_amounts, find_percentages, implausible_amounts
from extractors.model import Amount
from rules.ruleset import load_rules
from tests.extractors.marked_up import document_of, parse

CASES = [
    # --- units
    # mnkr, with and without decimals, thousands by space
    "nämnden tilldelas <amount sek='200000000'>200 mnkr</amount> och <amount sek='12500000'>12,5 mnkr</amount>, ramen är <amount sek='2400000000'>2 400 mnkr</amount>",
    # tkr and kkr
    "bidrag på <amount sek='1480000'>1 480 tkr</amount> samt <amount sek='871000'>871 kkr</amount>",
    # mkr glued to the number, capital M, SEK
    "<amount sek='1000000'>+ 1mkr</amount>, <amount sek='9700000'>9,7 Mkr</amount> och <amount sek='25000000'>25 MSEK</amount>",
    # miljoner kronor; decimal comma with three digits is a decimal comma
    "kostar <amount sek='3041000'>3,041 miljoner kronor</amount> mot <amount sek='1750000000'>1 750 miljoner kronor</amount>",
    # miljoner and miljarder without kronor
    "växer med <amount sek='7900000'>7,9 miljoner</amount> till <amount sek='1700000000'>1,7 miljarder</amount>, närmare <amount sek='1000000000'>1 miljard</amount>.",
    # mdkr
    "skulden är <amount sek='4600000000'>4,6 mdkr</amount>",
    # kronor, kr, kr per something
    "en avgift på <amount sek='518'>518 kr</amount> per timma och <amount sek='387120'>387 120 kronor</amount> om året",
    # SEK and MSEK before the number
    "ett lån om <amount sek='25000000'>MSEK 25,00</amount> eller <amount sek='500000'>SEK 500 000</amount>",
    # old notation with :- and with thousands by points
    "ersättningen är <amount sek='1500'>1 500:-</amount> eller <amount sek='1405000'>1.405.000 kr</amount>",
    # tusen kronor
    "underskott på <amount sek='-584000' sign='word'>584 tusen kronor</amount>",
    # öre
    "priset är <amount sek='0.35'>35 öre</amount> per kilowattimme",
    # no-break, thin and narrow spaces group thousands
    "uppgår till <amount sek='1822000000'>1\u00a0822 miljoner</amount> och <amount sek='12345'>12\u2009345\u202fkronor</amount>",
    # decimal point
    "beräknas till <amount sek='2500000'>2.5 mkr</amount> men <amount sek='1405000'>1.405 tkr</amount>",
    # four digits without a group
    "utfallet blev <amount sek='1814400000'>1814,4 mnkr</amount>",
    # --- in words
    "högst <amount sek='10000000'>tio miljoner kronor</amount> och minst <amount sek='4000000'>fyra miljoner kronor</amount>",
    "kostar <amount sek='500000'>en halv miljon kronor</amount>",
    "satsar <amount sek='25000000'>tjugofem miljoner kronor</amount> och <amount sek='1500000000'>en och en halv miljard</amount>",
    # --- sign in print
    # hyphen, en dash, true minus
    "avvikelsen är <amount sek='-300000000' sign='print'>-300 miljoner kronor</amount>, <amount sek='-973000000'>–973 miljoner kronor</amount> och <amount sek='-5000000'>−5 mnkr</amount>",
    # plus, glued and spaced
    "ger <amount sek='10000000' sign='print'>+10 miljoner</amount>, ca <amount sek='17000000' sign='print'>+ 17 mnkr</amount>",
    # in brackets
    "resultatet (<amount sek='-63000000'>-63 mnkr</amount>) är svagt",
    # a spaced en dash between a year and an amount separates
    "Åtgärder under 2023 – <amount sek='300000000' sign='' year='2023'>300 mnkr</amount>",
    # … between words too
    "Åtgärder på sikt – <amount sek='200000000' sign=''>200 mnkr</amount>",
    # after a preposition it can only be a minus
    "uppgår till - <amount sek='-143000000'>143 miljoner</amount>",
    # --- sign in words
    "ett underskott på <amount sek='-452000000' sign='word'>452 miljoner</amount> väntas",
    "ett negativt resultat på <amount sek='-871000' sign='word'>871 tkr</amount>",
    "blev <amount sek='-8000000' sign='word'>8 miljoner kronor</amount> sämre än budget men <amount sek='3000000' sign='word'>3 mnkr</amount> bättre än prognosen",
    "prognosen pekar på minus <amount sek='-131000000' sign='word'>131 mnkr</amount>",
    "intäkterna blev <amount sek='-4000000' sign='word'>4 mnkr</amount> lägre än budget",
    # lower costs are no loss
    "Kostnaderna blev <amount sek='4000000' sign=''>4 mnkr</amount> lägre än budget",
    # numbers that share a unit share the words
    "ett underskott på <amount sek='-4000000' sign='word'>4</amount> respektive <amount sek='-2000000' sign='word'>2 mnkr</amount>",
    "blir <amount sek='-8000000' sign='word'>8</amount>–<amount sek='-10000000' sign='word'>10 mnkr</amount> sämre än budget",
    # label and number
    "Underskott: <amount sek='-5000000' sign='word'>5 mnkr</amount>",
    # never doubled: the print has the last word
    "en negativ avvikelse mot budget med <amount sek='-63000000' sign='print'>-63 miljoner kronor</amount>",
    "ett underskott på <amount sek='-5000000' sign='print'>–5 mnkr</amount>",
    # a positive avvikelse
    "en positiv avvikelse på <amount sek='67000000'>67 miljoner kronor</amount>",
    # what a deficit shrinks by is no deficit
    "ska minska underskottet med <amount sek='5000000' sign=''>5 mnkr</amount>",
    # a cue of another sentence does not reach
    "Nämnden har ett underskott. Avtalet är värt <amount sek='6000000' sign=''>6 mnkr</amount>.",
    # --- shared units
    "avvek med <amount sek='4100000'>4,1</amount> respektive <amount sek='1900000'>1,9 mnkr</amount>",
    "fördelas <amount sek='100000000'>100</amount>/<amount sek='90000000'>90</amount>/<amount sek='10000000'>10 miljoner</amount>",
    "mellan <amount sek='5000000'>5</amount> och <amount sek='10000000'>10 mnkr</amount>",
    "från <amount sek='-5000000'>-5</amount> till <amount sek='-10000000'>-10 mnkr</amount>",
    # a range: both ends, and its hyphen is no minus
    "kostar <amount sek='250000000' sign=''>250</amount>-<amount sek='290000000' sign=''>290 mnkr</amount>/år",
    "ramen <amount sek='6500000000'>6 500</amount>–<amount sek='7500000000'>7 500 mnkr</amount>",
    "kostar <amount sek='20000000'>20</amount> à <amount sek='25000000'>25 mkr</amount>",
    # a year before "och" shares no unit
    "för 2022 och <amount sek='56000000'>56 mnkr</amount> därefter",
    # --- traps of neighbouring numbers
    "Ram 2023 <amount sek='56000000'>56 mkr</amount>",
    "1. <amount sek='1405000'>1 405 tkr</amount> återredovisas",
    "I etapp 2 <amount sek='300000'>300 tkr</amount>",
    "den 12 mars 2024 <amount sek='7000000'>7 mnkr</amount>",
    # --- look-alikes
    "regionen har 1,7 miljoner invånare och 12 miljoner resor",
    "stödet är 2,5 miljoner euro",
    "skattesatsen är 21:12 öre per skattekrona och höjs med 35 öre per skattekrona",
    "fastigheterna Granen 1:34 och Tallen 40:17, 783 och 863 kvadratmeter",
    "org.nr 212000-1355, telefon 070-222 37 83, ärende 71/2024, sida 1(3)",
    "maximalt kronor avsätts",
    "en 5-procentig ökning",
    # --- tie to a year
    "<amount sek='154000000' year='2022'>154 mnkr</amount> för 2022, <amount sek='185000000' year='2023'>185 mnkr</amount> för 2023 och till <amount sek='225000000' year='2024'>225 mnkr</amount> för 2024",
    "<amount sek='12500000' year='2026'>12,5 mnkr</amount> för år 2026 samt <amount sek='25000000' year='2027'>25 mnkr</amount> för 2027 och framåt",
    "Avvikelsen för 2024 uppgår till <amount sek='-9000000' year='2024'>-9 mnkr</amount>",
    "bidrag <amount sek='12000000' year='2025'>12 mnkr</amount> 2025 och <amount sek='14000000' year='2026'>14 mnkr</amount> 2026",
    # a diary number and the date of a decision are no year of an amount
    "enligt RS-2023-00144 den 4 maj 2022 betalas <amount sek='5000000' year=''>5 mnkr</amount>",
    # --- kind
    "nämnden tilldelas <amount sek='6000000' kind='allocation'>6 mnkr</amount>",
    "med upp till <amount sek='200000000' kind='ceiling'>200 mnkr</amount>",
    "ersätts med <amount sek='100' kind=''>100 kr</amount> per timme, dock högst <amount sek='2000' kind='ceiling'>2 000 kr</amount>",
    "helårsprognosen är <amount sek='-5000000' kind='forecast'>-5 mnkr</amount>",
    "budgetavvikelsen är <amount sek='-5000000' kind='deviation'>-5 mnkr</amount>",
    "åtgärder ger en effekt om <amount sek='16000000' kind='effect'>16 mnkr</amount>",
    "åtgärder motsvarande <amount sek='90000000' kind='target'>90 mnkr</amount>",
    "kostnaden blir <amount sek='3000000' kind='cost'>3 mnkr</amount>",
    "köpeskillingen är <amount sek='3000000' kind='price'>3 mnkr</amount>",
    "en utdelning på <amount sek='140000000' kind='capital'>140 mnkr</amount>",
    # --- whom it concerns
    "<amount sek='90000000' concerns='vård- och omsorgsnämnden'>90 mnkr</amount> för vård- och omsorgsnämnden och <amount sek='10000000' concerns='regionstyrelsen'>10 mnkr</amount> för regionstyrelsen",
    "Kulturnämnden visar ett underskott på <amount sek='-4000000' concerns='Kulturnämnden'>4 mnkr</amount>",
    "Ekvalla Bostäder AB lånar <amount sek='40000000' concerns='Ekvalla Bostäder AB'>40 mnkr</amount>",
    # the unit of numbers without one comes from before, and bodies are dealt out in order
    "Område Vård hade ett överskott på <amount sek='17000000'>17 mnkr</amount>. Personalenheten och Ekonomiavdelningen avvek positivt med <amount sek='4100000' kind='deviation'>4,1</amount> respektive <amount sek='1900000'>1,9</amount> mot budget.",
]  # fmt: skip


def found(text: str, **layout: object) -> tuple[Amount, ...]:
    return find_amounts(document_of(text, **layout), load_rules())  # type: ignore[arg-type]


@pytest.mark.parametrize("marked", CASES)
def test_amounts(marked: str) -> None:
    text, marks = parse(marked)
    amounts = found(text)
    expected = [(m.text.lstrip("-–−+ ") if m.text[0] in "-–−+" else m.text, Decimal(m.values["sek"])) for m in marks]
    assert [(a.raw.lstrip("-–−+ "), a.sek) for a in amounts] == expected
    for amount, mark in zip(amounts, marks, strict=True):
        assert text[amount.span.start : amount.span.end] == amount.raw
        if "year" in mark.values:
            assert str(amount.year or "") == mark.values["year"]
        if "sign" in mark.values:
            assert amount.sign_from == mark.values["sign"]
        if "kind" in mark.values:
            assert (amount.kind or "") == mark.values["kind"]
        if "concerns" in mark.values:
            assert amount.concerns == mark.values["concerns"]


def test_a_minus_at_a_line_end_belongs_to_the_number_below() -> None:
    # printed "… budgetavvikelsen -" / "143 mnkr": the line broke after the sign
    text = "Summa budgetavvikelse - 143 mnkr"
    assert [a.sek for a in found(text, line_breaks=(text.index("-") + 1,))] == [Decimal(-143_000_000)]
    assert [a.sek for a in found(text)] == [Decimal(143_000_000)]


def test_a_line_break_between_number_and_unit() -> None:
    text = "uppgår till 815,6 miljoner kronor"
    assert [a.sek for a in found(text, line_breaks=(text.index(" miljoner"), text.index(" kronor")))] == [Decimal("815600000")]


def test_a_list_marker_is_no_minus() -> None:
    assert [a.sek for a in found("- 12 mnkr till skolan")] == [Decimal(12_000_000)]


def test_an_amount_never_crosses_blocks() -> None:
    assert found("ramen är 12\nmnkr") == ()


# a table: unit on the line above, years as heads, a column of shares, a row that is no money
TABLE = [
    "Belopp i tkr", "Verksamhet", "Utfall 2023", "Budget 2024", "Andel %", "Skola", "1 200", "-300", "12", "Årsarbetare (antal)", "35", "36", "1",
]  # fmt: skip


def test_numbers_of_a_table_have_the_unit_of_its_heading() -> None:
    cells = {i + 1: divmod(i, 4) for i in range(12)}
    amounts = found("\n".join(TABLE), cells=cells)
    assert [(a.raw, a.sek, a.year, a.kind, a.concerns) for a in amounts] == [
        ("1 200", Decimal(1_200_000), 2023, "result", "Skola"),
        ("-300", Decimal(-300_000), 2024, "budget", "Skola"),
    ]


def test_the_unit_of_a_table_may_stand_in_a_column_heading_or_the_corner() -> None:
    text = "Nämnd\nBudget (mnkr)\nPlatser\nKultur\n12,5\n40"
    assert [(a.raw, a.sek) for a in found(text, cells={i: divmod(i, 3) for i in range(6)})] == [("12,5", Decimal("12500000"))]
    text = "mnkr\n2024\nKultur\n12,5"
    assert [(a.sek, a.year) for a in found(text, cells={i: divmod(i, 2) for i in range(4)})] == [(Decimal("12500000"), 2024)]


def test_a_table_without_a_unit_has_no_amounts() -> None:
    assert found("Nämnd\nRöster\nKultur\n12", cells={i: divmod(i, 2) for i in range(4)}) == ()


def test_an_implausible_unit_is_shown_and_not_repaired() -> None:
    # printed "-60,3 kr" among amounts in millions
    text = "Avvikelsen är -143 mkr. För skolan är den -60,3 kr och för kulturen 12 mkr."
    document = document_of(text)
    amounts = find_amounts(document, load_rules())
    assert [a.sek for a in amounts] == [Decimal(-143_000_000), Decimal("-60.3"), Decimal(12_000_000)]
    issues = implausible_amounts(document, amounts)
    assert [(i.code, text[i.span.start : i.span.end]) for i in issues if i.span] == [("amount_implausible", "-60,3 kr")]
    assert implausible_amounts(document_of("Arvodet är 1 525,50 kr."), found("Arvodet är 1 525,50 kr.")) == ()


PERCENTAGES = [
    # decimal point and comma, with and without space
    "målet är max <percent value='2.0'>2.0 %</percent> och <percent value='5.5'>5,5%</percent>",
    # in words, with and without a sign
    "höjs med <percent value='1.2'>1,2 procent</percent>, en förändring på <percent value='-3'>-3 procentenheter</percent>",
    # neither promille nor a compound
    "5 promille av 10-procentig lösning",
]


@pytest.mark.parametrize("marked", PERCENTAGES)
def test_percentages(marked: str) -> None:
    text, marks = parse(marked)
    shares = find_percentages(document_of(text), load_rules())
    assert [(s.raw, s.value) for s in shares] == [(m.text, Decimal(m.values["value"])) for m in marks]
    assert all(text[s.span.start : s.span.end] == s.raw for s in shares)


def test_every_unit_rule_is_read_in_its_examples() -> None:
    language = load_rules().language
    for unit in language.amounts.unit:
        for example in unit.examples:
            plain = example.replace("⟦", "").replace("⟧", "")
            assert [a.rule for a in found(plain)] == [unit.id], plain
