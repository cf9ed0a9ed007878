"""Who is masked and who is kept: one text a case, with ⟦…⟧ round exactly what is to be masked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish.screen import Archive, Grammar, Screen, folded, plain
from rules.ruleset import load_rules

GRAMMAR = Grammar(load_rules(None))
ARCHIVE = Archive(elected={"Region Norr": {"per lind", "asta öhn"}}, places={"norr", "norrs", "norrsund"})

CASES = {
    # cues
    "letter from": "Skrivelse från ⟦Hasse Tornefors⟧ om vägbelysning",
    "unlisted names with a cue": "Överklagande av ⟦Xhelal Qeqi⟧, Norrsund",
    "relative": "En anhörig, ⟦Mirjam Sköldeby⟧, har skrivit till nämnden.",
    "applicant": "Sökande: ⟦Britt Ek⟧",
    "one name with a cue": "Patienten ⟦Abdirizak⟧ fick vänta.",
    "title and family name": "Nämnden hörde herr ⟦Lönnqvist⟧ i frågan.",
    "family": "Familjen ⟦Qvarnström⟧ har yttrat sig.",
    # names as such
    "given name": "Enligt ⟦Elsy Bromander⟧ kom kallelsen för sent.",
    "genitive": "⟦Elsy Bromanders⟧ ärende avslutas.",
    "surname ending": "Kallelsen kom för sent till ⟦Qerim Alfredsson⟧ i höstas.",
    "no listed name, no ending": "Till vittne kallas ⟦Ese Ejodame⟧ i dag.",
    "initials": "Brev från ⟦K-G Lindh⟧ och ⟦B. Svensson⟧.",
    "two given names": "⟦Anna Maria Lind⟧ ringde kansliet.",
    "hyphens": "⟦Ann-Britt Ek-Norling⟧ klagar.",
    "particles": "⟦Carl von Essen⟧ äger marken.",
    "foreign letters": "⟦Željko Petrović⟧ och ⟦Zoë Núñez⟧ klagar.",
    "shouted": "⟦ELSY BROMANDER⟧ har fått rätt.",
    "line break": "Vi har fått brev från ⟦Elsy\nBromander⟧ om detta.",
    "hyphen at line end": "Vi har fått brev från ⟦Elsy Bro-\nmander⟧ om detta.",
    "again by family name": "⟦Ture Vassgård⟧ ringde. ⟦Vassgård⟧ bad om svar, och ⟦Vassgårds⟧ ärende är ⟦Ture⟧ välkänt.",
    "in a compound": "⟦Elsy Bromander⟧ skrev. ⟦Bromander-ärendet⟧ avslutas.",
    "again with an initial": "⟦Elsy Bromander⟧ skrev. Även ⟦E. Bromander⟧ ringde.",
    "lone given name": "Läkaren sade till ⟦Hasse⟧ att vänta.",
    "beside an elected": "Ledamoten Per Lind (S) mötte ⟦Elsy Bromander⟧.",
    # who keeps the name
    "party": "Hedda Långnäs (M) yrkar avslag. Hedda Långnäs reserverar sig.",
    "party on the next line": "Den av Lisbeth Sundén Andersson\n(D) väckta motionen",
    "independent": "Sigrid Ek (-) yrkar bifall",
    "role before": "Regiondirektör Karin Svedlund informerar. Karin Svedlunds rapport bifogas.",
    "role before, definite": "Ordföranden Jonas Ek yrkar bifall",
    "role behind": "Ragnhild Törnmark, regiondirektör",
    "signature": "Agda Lillevik\nFörvaltningschef",
    "signatures in columns": "Karin Ek Per Ås\nSekreterare Ordförande",
    "dotted line": "Sekreterare ........................ Tilda Morgonsten",
    "elected by another document": "Per Lind deltog inte i beslutet.",
    "adjuster": "Utses att justera\nAnneli Kvarnhed",
    "attests": "Rätt utdraget intygar\nTilda Morgonsten",
    "acting": "Tf. socialchef är Ylva Norrgårda.",
    # a role does not make a private person public
    "sentence of an officer below": "Nämnden hörde ⟦Elsy Bromander⟧\nOrdföranden ställer frågan under proposition.",
    "relative of an officer": "Skrivelsen besvaras av verksamhetschefen. ⟦Elsy Bromander⟧ är nöjd.",
    "occupation": "⟦Elsy Bromander⟧, undersköterska, har sagt upp sig.",
    # what is no person
    "company": "Ljusmarkstrafiken AB och Almsjö Bostäder AB får i uppdrag",
    "bodies": "Hälso- och sjukvårdsnämnden i Region Norrsund och Norrsunds kommun",
    "places": "Norra Storsjön, Västra Götaland och Södra Innerstaden",
    "months": "Mars och April. Under Januari Februari",
    "headings": "Beslut\nRegionstyrelsen\nSammanfattning av ärendet\nYrkanden",
    "departments": "Remiss från Klimat- och näringslivsdepartementet",
    "foundation": "Utdelning ur stiftelsen Wilhelm Röhss donationsfond",
    "parties": "Yttrande från M, D, L och KD den 3 maj",
    "start of a sentence": "Per april är prognosen ett underskott. Bo kvar hemma är målet för bo kvar.",
    # numbers and addresses
    "personal number": "Född ⟦19500304-1234⟧ och ⟦500304–1234⟧ och ⟦500364-1234⟧",
    "crossed out": "personnummer ⟦500304-XXXX⟧",
    "bare with a check digit": "nr ⟦5003041232⟧ men inte nr 5003041233",
    "organisation number": "Norrbolaget AB, 556036-0793, org.nr 212000-1363",
    "diary numbers": "RS/2024:117, SN-2024-00031, RS 552-2025, Dnr 4468-2017, KS 2018/14",
    "days and amounts": "2024-03-12, 1 250 000 kronor, 2023-05-02 § 62, kl. 09.00–15.40",
    "born": "⟦Elsy Ek⟧, född den ⟦4 mars 1950⟧, f. ⟦1950⟧",
    "mobile": "Ring mig på ⟦070-123 45 67⟧ eller ⟦0701234567⟧.",
    "switchboard": "Telefon växel 08-123 45 90",
    "officer's telephone": "Karin Ek, handläggare\n08-123 45 61",
    "private e-mail": "skriv till ⟦elsy.bromander@exempelpost.se⟧ i dag",
    "office's e-mail": "registrator@exempel.se, karin.ek@regionnorr.se, info@kulturhuset.se",
    "address of a private person": "⟦Elsy Ek⟧, ⟦Kvarngatan 12 B, 123 45 Norrsund⟧, klagar.",
    "address of a house": "Skolan på Kvarngatan 12 byggs om.",
    "property of a private person": "⟦Elsy Ek⟧ söker bygglov på ⟦Lövstugan 1:14⟧.",
    "property": "Detaljplan för Lövstugan 1:14 antas.",
}


def screen(*texts: str, persons: tuple[tuple[str, str | None], ...] = (), organisation: str | None = "Region Norr") -> Screen:
    made = Screen(GRAMMAR, ARCHIVE, organisation, persons)
    made.learn(texts)
    return made


@pytest.mark.parametrize("marked", CASES.values(), ids=CASES)
def test_exactly_what_is_marked_is_masked(marked: str) -> None:
    text = re.sub("[⟦⟧]", "", marked)
    found = screen(text).find(text)
    shown, at = "", 0
    for private in found:
        shown += f"{text[at : private.start]}⟦{text[private.start : private.end]}⟧"
        at = private.end
    assert shown + text[at:] == marked


def test_a_name_masked_in_one_document_is_masked_in_all_where_it_is_not_kept() -> None:
    archive = Archive(masked={"bror ny", "karin ek"})
    made = Screen(GRAMMAR, archive, None, [("Karin Ek", "Handläggare")])
    made.learn(["Bror Ny, Karin Ek"])
    assert made.masked("Såväl Bror Ny som Karin Ek") == "Såväl [namn] som Karin Ek"


def test_roles_of_private_persons_keep_nobody() -> None:
    text = "Närvarande: Elsy Bromander"
    assert screen(text, persons=(("Elsy Bromander", "Sökande"),)).masked(text) == "Närvarande: [namn]"
    assert screen(text, persons=(("Elsy Bromander", "Nämndsekreterare"),)).masked(text) == text
    assert screen(text, persons=(("Elsy Bromander", "MP"),)).masked(text) == text


def test_file_names_are_looked_through_too() -> None:
    made = screen("Skrivelse från Elsy Sköldeby")
    assert made.masked("2024-03 skrivelse_elsy_skoldeby.pdf", loose=True) == "2024-03 skrivelse_[namn].pdf"
    assert made.masked("protokoll_rs.pdf", loose=True) == "protokoll_rs.pdf"


def test_decomposed_letters_hide_no_name() -> None:
    text = "Skrivelse från Mirjam Sko\u0308ldeby om lokaler"
    assert screen(text).masked(text) == "Skrivelse från [namn] om lokaler"


GIVEN = [w for w in load_rules(None).language.private.given_names.words if len(w) > 3 and folded(w) not in ARCHIVE.places]


@given(
    st.sampled_from(GIVEN),
    st.text("bdfgklmnprstvaeiouåäöy", min_size=4, max_size=10),
    st.sampled_from(["Skrivelse från {} i dag", "Då bad {} om svar", "Se {}s brev", "Hit kom {} och fick vänta."]),
)
def test_no_name_that_begins_with_a_given_name_stands_after(first: str, last: str, frame: str) -> None:
    name = f"{first} {last.capitalize()}"
    text = frame.format(name)
    made = screen(text)
    if any(p.kind == "name" for p in made.find(text)) or not GRAMMAR.not_person.match(last.capitalize()):
        masked = made.masked(text)
        assert folded(name) not in folded(masked)
        assert made.masked(masked) == masked, "masking again changes nothing"


def test_plain_spells_as_file_names_do() -> None:
    assert plain("Sköldeby Åse") == "skoldeby ase"
