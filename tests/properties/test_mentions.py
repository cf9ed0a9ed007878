"""Any text in: no crash, spans inside the text, the same text the same result; and what the grammars can print is read back."""

# ruff: noqa: E501 - one sentence a line is what makes the tables readable

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.amounts import find_amounts, find_percentages, implausible_amounts
from extractors.dates import find_dates
from extractors.model import Amount, DateMention, Percentage, Person, Reference
from extractors.persons import find_persons
from extractors.references import find_references, parse_paragraph_reference
from rules.ruleset import load_rules
from tests.extractors.marked_up import document_of

MEETING = date(2024, 6, 12)
MONTHS = [
    "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december",
]  # fmt: skip

# pieces that rules begin or end in, so that random texts reach far into them
PIECES = st.sampled_from(
    [
        " ", "\n", "\u00a0", "\u2009", ",", ".", ";", ":", "-", "–", "−", "+", "/", "(", ")", "§", "§§", "%", "1", "2", "12", "31", "99", "400", "2023",
        "2024", "0", "1 405", "3,041", "1.405.000", "21:12", "mnkr", "tkr", "mkr", "kr", "kronor", "miljoner", "miljoner kronor", "öre", "SEK ", ":-",
        "tio ", "en halv ", "respektive", "och", "till", "med", "underskott på ", "minus ", "sämre än budget", "mot budget", "avvek ", "procent", "den ",
        "maj", "Maj", "augusti", "septemger", "auguſti", "oKtober", "APRİL", "per ", "senast ", "under ", "i ", "årets ", "första ", "1:a ", "3:a ",
        "sista ", "kvartal", "kvartalet", "tertial ", "halvåret", "H1", "HT25", "våren", "vintern", "2023/2024", "läsåret ", "vecka ", "53", "XX ",
        "slutet av ", "året", "återstoden av ", "från och med ", "till och med ", "perioden ", "2024-05-31", "2021-09-31", "06-12-13", "20170101",
        "1/1-2018", "29 februari", "kap", "kommunallagen", "punkt ", "RS/121/2023", "SLK-2025-00144", "Dnr ", "nr ", "Handling ", "nämnden", "styrelsens",
        "sammanträde ", "Karin Ström", "(S)", "Ordföranden ", "regiondirektör", "AB", "ſ", "K", "İ", "\u0307", "𝟙", "٣", "²", "\x00", "\u2028", "😀",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=14).map(" ".join))

Mention = Amount | Percentage | DateMention | Reference | Person


def mentions(text: str, meeting: date | None = MEETING) -> list[tuple[Mention, ...]]:
    document, rules = document_of(text), load_rules()
    return [
        find_amounts(document, rules),
        find_percentages(document, rules),
        find_dates(document, rules, meeting=meeting, document_year=None),
        find_references(document, rules),
        find_persons(document, rules),
    ]


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from([MEETING, None]))
def test_any_text(text: str, meeting: date | None) -> None:
    found = mentions(text, meeting)
    for kind in found:
        ends = [0, *(m.span.end for m in kind)]
        for mention, before in zip(kind, ends[:-1], strict=True):
            start, end = mention.span.start, mention.span.end
            assert before <= start < end <= len(text)
            assert "\n" not in text[start:end]
            raw = getattr(mention, "raw", None)
            assert raw is None or text[start:end] == raw
            if isinstance(mention, Amount | Percentage):
                assert (mention.sek if isinstance(mention, Amount) else mention.value).is_finite()
            if isinstance(mention, DateMention) and mention.first and mention.last:
                assert mention.first <= mention.last
            if isinstance(mention, Reference):
                parse_paragraph_reference(mention, found[2])  # type: ignore[arg-type]
    implausible_amounts(document_of(text), found[0])  # type: ignore[arg-type]
    assert mentions(text, meeting) == found


UNITS = {
    "mnkr": 6, "mkr": 6, "Mkr": 6, "MSEK": 6, "miljoner kronor": 6, "miljoner": 6, "tkr": 3, "kkr": 3, "tusen kronor": 3, "mdkr": 9,
    "miljarder kronor": 9, "miljarder": 9, "kronor": 0, "kr": 0, "SEK": 0,
}  # fmt: skip


@st.composite
def printed_amounts(draw: st.DrawFn) -> tuple[str, Decimal]:
    """An amount as Swedish prints it, and its value."""
    whole = draw(st.integers(0, 9_999_999))
    decimals = draw(st.sampled_from(["", ",5", ",25", ",041", ",0"]))
    space = draw(st.sampled_from([" ", "\u00a0", "\u2009", "\u202f"]))
    grouped = draw(st.booleans())
    figures = f"{whole:,}".replace(",", space) if grouped else str(whole)
    sign = draw(st.sampled_from(["", "-", "–", "−", "+"]))
    unit = draw(st.sampled_from(sorted(UNITS)))
    joint = draw(st.sampled_from([" ", "\u00a0", ""])) if unit[0] in "mtk" and " " not in unit else " "
    value = Decimal(f"{whole}{decimals.replace(',', '.')}") * Decimal(10) ** UNITS[unit]
    return f"{sign}{figures}{decimals}{joint}{unit}", -value if sign in ("-", "–", "−") else value


@settings(max_examples=400, deadline=None)
@given(printed_amounts(), st.sampled_from(["Beloppet är {}.", "{}", "({}) för skolan", "avser {} till nämnden", "avser {}, enligt planen"]))
def test_every_amount_is_read_back(printed: tuple[str, Decimal], frame: str) -> None:
    text = frame.format(printed[0])
    assert [(a.raw, a.sek) for a in find_amounts(document_of(text), load_rules())] == [printed]


@settings(max_examples=200, deadline=None)
@given(st.lists(printed_amounts().filter(lambda p: p[0][0] not in "+-–−"), min_size=2, max_size=5))
def test_amounts_in_a_row_do_not_touch_each_other(row: list[tuple[str, Decimal]]) -> None:
    text = " till skolan och ".join(printed for printed, _ in row)
    assert [(a.raw, a.sek) for a in find_amounts(document_of(text), load_rules())] == row


DAYS = st.dates(date(1990, 1, 1), date(2079, 12, 31))


@st.composite
def printed_dates(draw: st.DrawFn) -> tuple[str, date | None, date | None]:
    """A day or period with its year as Swedish prints it, and its first and last day."""
    day = draw(DAYS)
    month = MONTHS[day.month - 1]
    last_of_month = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    dash = draw(st.sampled_from(["-", "–", " - ", " – "]))
    later = draw(st.dates(day, last_of_month))
    far = draw(st.dates(day, date(day.year, 12, 31)))
    quarter = (day.month - 1) // 3
    ends = [(3, 31), (6, 30), (9, 30), (12, 31)]
    choices: list[tuple[str, date | None, date | None]] = [
        (day.isoformat(), day, day),
        (f"{day.day} {month} {day.year}", day, day),
        (f"{day.day}/{day.month} {day.year}", day, day),
        (f"{day.day}.{day.month}.{day.year}", day, day),
        (day.strftime("%Y%m%d"), day, day),
        (f"{month} {day.year}", day.replace(day=1), last_of_month),
        (f"kvartal {quarter + 1} {day.year}", date(day.year, 3 * quarter + 1, 1), date(day.year, *ends[quarter])),
        (f"tertial {(day.month - 1) // 4 + 1} {day.year}", date(day.year, (day.month - 1) // 4 * 4 + 1, 1), None),
        (f"per {month} {day.year}", last_of_month, last_of_month),
    ]
    if later.day > day.day:
        choices.append((f"{day.day}{dash}{later.day} {month} {day.year}", day, later))
    if far.month > day.month:
        choices.append((f"{day.day} {month}{dash}{far.day} {MONTHS[far.month - 1]} {day.year}", day, far))
        last_of_far = (far.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        choices.append((f"{month}{dash}{MONTHS[far.month - 1]} {day.year}", day.replace(day=1), last_of_far))
    return draw(st.sampled_from(choices))


@settings(max_examples=500, deadline=None)
@given(printed_dates(), st.sampled_from(["Mötet gäller {}.", "{}", "({}) enligt planen", "gäller {}, skolan"]))
def test_every_date_is_read_back(printed: tuple[str, date | None, date | None], frame: str) -> None:
    raw, first, last = printed
    found = find_dates(document_of(frame.format(raw)), load_rules(), meeting=MEETING, document_year=None)
    assert [m.raw for m in found] == [raw]
    assert (found[0].first, found[0].basis) == (first, "printed")
    assert last is None or found[0].last == last


@settings(max_examples=200, deadline=None)
@given(DAYS, st.integers(1, 999), st.sampled_from(["", " punkt 2", ", punkt 12"]))
def test_every_paragraph_reference_is_read_back(day: date, number: int, point: str) -> None:
    document = document_of(f"enligt uppdrag {day.isoformat()} § {number}{point} till nämnden")
    (reference,) = find_references(document, load_rules())
    parsed = parse_paragraph_reference(reference)
    assert (parsed.meeting_date, parsed.paragraph, parsed.point) == (day, f"§ {number}", point.rsplit(" ", 1)[-1] or None)
