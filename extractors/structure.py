"""From clean lines to one text with blocks, sections and paragraphs (§).

Layout first, then sentences: a block is a paragraph of running text, a list item, a heading or a table cell. Whether a line goes on
the block before is told by the page (a gap, an indent, a change of size, or that its first word would have fitted on the line
above) and by the text (a full stop, a lower-case start, a list marker, a section word, a § heading).

``Document.text`` has the lines of a block joined by one space, line-end hyphenation undone, and blocks separated by a line break.
Page heads come last, each kind once, as blocks of kind FURNITURE: they name body, date and kind.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from extractors.clean import CleanLine, CleanText, is_body_alone
from extractors.model import Block, BlockKind, Cell, Document, Page, Paragraph, Section, Segment, record
from rules.expressions import expression
from rules.looks import folded, needed
from rules.ruleset import Rules
from rules.schema import MarkerRule, ParagraphRule, SectionRule

_LONGEST_END = 12
"""Characters: longer than any word that leaves a line unfinished."""
_LOOSE = 1.6
"""Lines further apart than this many times their letters' size are paragraphs, or typed with wide spacing."""
_OFTEN = 0.1
"""The share of all distances that the distance between lines has at least, where wider ones are commoner."""
_FORM = 2
"""Columns of a form, whose first says what the second holds; in a wider table "Beslut" heads a column."""
_LONGEST_HEADING = 90
"""Characters of the heading of a section."""
_LONGEST_CHAPTER = 80
"""Characters of the heading of a chapter."""
_COLUMN_UP = 3
"""Lines up from one line to the next: a column begins."""
_COLUMN_TOP = -25.0
"""Points down (up, that is) at which a page may be in columns."""
_COLUMN_LINES = 4
"""Long lines that a column has at least."""
_LONGEST_LABEL = 60
"""Characters of the label of a form: what stands beside a text in a column of its own."""
_BREAKS = frozenset("-\u00ad–−/")
"""What may end a line in the middle of a word, a range or a pair."""
_COUNTED = expression(r"\d+\s?\(\d+\)|\b\d{1,3}$|\bnr \d+")
"""What differs between page heads of one kind."""
_AFTER_LETTER = frozenset(".) t")
"""What stands after the first letter of a line that begins with a marker: "a)", "o Punkt", "att"."""
_NAMES_ONLY = {"recipients", "attendance", "vote", "signatures", "agenda", "contents"}
_LISTS_HEADINGS = {"agenda", "contents"}
"""Sections that list the headings of what follows: the first of them that comes again ends the list."""


class _Draft:
    """A block being filled. ``skip``: characters of the first line that belong to a heading on the same line."""

    def __init__(
        self,
        kind: BlockKind,
        lines: list[CleanLine],
        marker: str = "",
        marker_length: int = 0,
        style: str = "",
        value: str = "",
        x0: float = 0.0,
        *,
        skip: int = 0,
        cell: Cell | None = None,
    ) -> None:
        self.kind, self.lines, self.marker, self.marker_length = kind, lines, marker, marker_length
        self.style, self.value, self.x0, self.skip, self.cell = style, value, x0, skip, cell
        self.text_x0: float | None = None
        self.section = self.paragraph = self.lead_in = -1
        self.level = 0


class _Heading:
    """Where a section begins, and what its heading says."""

    def __init__(self, kind: str, heading: str, first_block: int, paragraph: int) -> None:
        self.kind, self.heading, self.first_block, self.paragraph = kind, heading, first_block, paragraph
        self.level_body: str | None = None


class _Number:
    """A § being read: its lines until the first section are its title."""

    def __init__(self, number: str, diary: str | None, first_block: int, page: int, style: tuple[float, bool], where: str) -> None:
        self.number, self.diary, self.first_block, self.page, self.style, self.where = number, diary, first_block, page, style, where
        self.title: list[str] = []
        self.open = True


def structure(clean: CleanText, pages: tuple[Page, ...], rules: Rules) -> Document:
    """The document of ``pages``; ``Document.text[block.start:block.end]`` is each block as read."""
    return _Builder(clean, pages, rules).build()


def _first_words_width(line: CleanLine, words: int) -> float:
    edges = line.line.words
    if len(edges) > words:
        return edges[words] - edges[0]
    return line.line.x1 - line.line.x0


class _Builder:
    def __init__(self, clean: CleanText, pages: tuple[Page, ...], rules: Rules) -> None:
        self.clean, self.pages, self.rules = clean, pages, rules
        self.drafts: list[_Draft] = []
        self.headings: list[_Heading] = []
        self.numbers: list[_Number] = []
        self.section_now = -1  # the section being read, if one is open in this §
        self.kind_now = ""  # its kind
        self.broken_off: dict[str, bool] = {}
        self.section_words: dict[str, tuple[SectionRule, re.Match[str]] | None] = {}
        self.cell_right: dict[tuple[int, int, int], float] = {}  # right edges of the columns of tables
        # The lines of the labels of forms, and of headings in two lines: the whole at the first, "" at the others.
        self.labels: dict[tuple[int, int], str] = {}
        self.several: set[int] = set()  # pages that may be in columns
        self.listing = False  # below "beslutar att", where each paragraph is a point
        self.contents: set[str] = set()  # the headings that the list of contents being read has told
        self.hanging: set[str] = set()  # list styles whose lines go on below the text, not below the marker
        language = rules.language
        self.section_rules: list[SectionRule] = language.sections.rule
        self.paragraph_rules: list[ParagraphRule] = language.paragraphs.rule
        self.marker_rules: list[MarkerRule] = language.markers.rule
        self.own_part_rules = [rules.turn_of_phrase("own_part_line"), rules.turn_of_phrase("goes_up_line")]
        self.level_rules = [rules.turn_of_phrase("level_line")]
        self.numbered_word = rules.grammar("numbered_word")
        self.proposes_item = rules.grammar("proposes_item")
        self.decision_first, self.decides_somehow = rules.grammar("decision_first"), rules.grammar("decides_somehow")
        self.tasks_parted, self.bare_number = rules.grammar("tasks_parted"), rules.grammar("bare_number")
        self.opens_list, self.decides_at_end = rules.at_end("opens_list"), rules.grammar("decides_at_end")
        self.cites_on = rules.grammar("cites_on")
        self.unfinished, self.before_att = rules.at_end("unfinished_line"), rules.grammar("before_att_list")
        self.deciding_words = rules.needed("own_part_line", "goes_up_line", "level_line", "decides_line", "decides_unheaded")
        self.numbering_words = needed(map(rules.regex, self.paragraph_rules))
        self.lines = self._without_forms()
        self.body_size, self.right, self.pitch = self._measures()
        self.larger = self.body_size + 0.6  # letters larger than that stand out
        self.column_right = self._columns()
        self._two_line_headings()
        self.chapter_number, self.page_at_end = rules.grammar("chapter_number"), rules.grammar("page_at_end")
        self.chapters = self._chapters()
        self.chaptered = False  # whether a chapter has begun

    def _chapters(self) -> set[tuple[int, int]]:
        """The lines, by page and number, that are headings of numbered chapters ("5. Ekonomi", in bold) and no points of a list: each
        counts on from the one before, and what follows it is not bold."""
        lines = self.lines
        found: list[tuple[int, tuple[int, int]]] = []
        for at, entry in enumerate(lines[:-1]):
            if not entry.line.bold or entry.line.cell is not None or not entry.text[:1].isdigit() or len(entry.text) > _LONGEST_CHAPTER:
                continue
            number = self.chapter_number.match(entry.text)
            following = lines[at + 1]
            if number is None or entry.ended or following.text[:1].islower():
                continue
            if following.line.bold and not self.chapter_number.match(following.text):
                continue
            if number.group("first") and (not found or int(number.group("value")) == found[-1][0] + 1):
                found.append((int(number.group("value")), (entry.page, entry.number)))
        return {place for _, place in found} if len(found) > 1 else set()

    def _without_forms(self) -> tuple[CleanLine, ...]:
        """The lines, those of forms out of their cells.

        A form is a table of a column of labels ("Beslut", "Bakgrund") and one of text, ruled or not, whose texts are read as text
        anywhere is: with points, § headings and paragraphs. A table with a § in a row of its own is one as well.
        """
        cells: dict[tuple[int, int], dict[tuple[int, int], list[CleanLine]]] = {}
        for entry in self.clean.lines:
            if entry.line.cell is not None:
                place = entry.line.cell
                cells.setdefault((entry.page, place.table), {}).setdefault((place.row, place.column), []).append(entry)
        forms = {table for table, inside in cells.items() if self._is_form(inside)}
        if not forms:
            return self.clean.lines
        for table in forms:
            for (row, column), lines in cells[table].items():
                if column == 0 and (row, 1) in cells[table]:
                    whole = _fold([line.text for line in lines], self.rules.language.damage.kept_hyphen.words)
                    for count, line in enumerate(lines):
                        self.labels[line.page, line.number] = "" if count else whole
        return tuple(
            entry._replace(line=entry.line._replace(cell=None))
            if entry.line.cell is not None and (entry.page, entry.line.cell.table) in forms
            else entry
            for entry in self.clean.lines
        )

    def _columns(self) -> dict[tuple[int, int], float]:
        """The right margin of the column that each line stands in, on pages of two columns or more."""
        columns: dict[int, list[list[CleanLine]]] = {}
        if not self.several:
            return {}
        previous: CleanLine | None = None
        for entry in self.lines:
            if entry.page not in self.several or entry.line.cell is not None:
                continue
            on_page = columns.setdefault(entry.page, [])
            if not on_page or (previous is not None and entry.line.baseline < previous.line.baseline - _COLUMN_UP * self.pitch):
                on_page.append([])
            on_page[-1].append(entry)
            previous = entry
        out: dict[tuple[int, int], float] = {}
        for on_page in columns.values():
            for column in on_page if len(on_page) > 1 else ():
                rights = sorted(entry.line.x1 for entry in column if len(entry.text) > 25)
                if len(rights) >= _COLUMN_LINES:
                    right = rights[int(len(rights) * 0.9)]
                    out.update({(entry.page, entry.number): right for entry in column})
        return out

    def _two_line_headings(self) -> None:
        """Finds the headings of sections that are printed in two lines: "Kommunstyrelsens förslag till" / "kommunfullmäktige"."""
        kept, larger = self.rules.language.damage.kept_hyphen.words, self.larger
        for at, first in enumerate(self.lines[:-1]):
            a = first.line
            if not (a.bold or a.size > larger or first.text.isupper()):  # NOTE: nearly every line
                continue
            second = self.lines[at + 1]
            b = second.line
            if (
                first.page != second.page
                or a.cell is not None
                or a.bold != b.bold
                or len(first.text) + len(second.text) > _LONGEST_CHAPTER
                or abs(a.size - b.size) > 0.2
                or not first.text[0].isupper()
                or first.text[-1] in ".:;,"
                or not 0 < b.baseline - a.baseline < 1.7 * a.size
                or not (second.text[0].islower() or (first.text.isupper() and second.text.isupper()))
                or (first.page, first.number) in self.labels
            ):
                continue
            whole = _fold([first.text, second.text], kept)
            found = self._section_named(whole)
            if found is not None and found[1].end() == len(whole):
                self.labels[first.page, first.number] = whole
                self.labels[second.page, second.number] = ""

    def _is_form(self, cells: dict[tuple[int, int], list[CleanLine]]) -> bool:
        if any(column > 1 for _, column in cells):
            return False
        labels = [lines for (row, column), lines in cells.items() if column == 0 and (row, 1) in cells]
        texts = [lines for (_, column), lines in cells.items() if column == 1]
        kept = self.rules.language.damage.kept_hyphen.words
        words = [_fold([line.text for line in lines], kept) for lines in labels]
        if not words or max(map(len, words)) > _LONGEST_LABEL:
            return False
        if sum(len(line.text) for lines in texts for line in lines) < 2 * sum(map(len, words)):
            return False
        if any(self._section_named(label) is not None or self._decides_alone(label) for label in words):
            return True
        if self._heads_columns(cells):
            return False
        if all(line.line.bold for lines in labels for line in lines) and not any(lines[0].line.bold for lines in texts):
            return True
        if any(self._marker(line.text) is not None for lines in texts for line in lines[1:]):
            return True
        across = (lines[0] for (row, column), lines in cells.items() if column == 0 and (row, 1) not in cells)
        return any(self.rules.first("paragraphs", self.paragraph_rules, line.text) is not None for line in across)

    def _heads_columns(self, cells: dict[tuple[int, int], list[CleanLine]]) -> bool:
        """Whether the first row names the columns of a list: "Uppdrag", "Ansvarig"."""
        top = min(row for row, _ in cells)
        named = [self.rules.regex(column) for column in self.rules.language.frames.column]
        heads = [lines[0].text for (row, _), lines in cells.items() if row == top and len(lines) == 1]
        return any(regex.match(text) for regex in named for text in heads)

    def _decides_alone(self, label: str) -> bool:
        """Whether a label says who decides what stands beside it: "Direktionen beslutar", "För egen del"."""
        return (
            self.rules.grammar("decides_line").match(label) is not None
            or self.rules.first("own_part_line", self.own_part_rules, label) is not None
        )

    def _measures(self) -> tuple[float, dict[int, float], float]:
        """The size most text has, each page's right margin and the usual distance between baselines."""
        printed: dict[float, int] = {}
        apart: dict[float, int] = {}
        rights: list[float] = []
        right: dict[int, float] = {}
        page_before, above = 0, 0.0
        for entry in self.lines:
            line, page = entry.line, entry.page
            size, length = line.size, len(line.text)
            printed[size] = printed.get(size, 0) + length
            if line.cell is not None:
                column = (page, line.cell.table, line.cell.column)
                self.cell_right[column] = max(self.cell_right.get(column, 0.0), line.x1)
            elif length > 25:
                rights.append(line.x1)
                if line.x1 > right.get(page, 0.0):
                    right[page] = line.x1
            baseline = line.baseline
            if page == page_before:
                gap = baseline - above
                if gap < _COLUMN_TOP:
                    self.several.add(page)
                if 0.5 < gap < 59.5:
                    apart[gap] = apart.get(gap, 0) + 1
            page_before, above = page, baseline
        # NOTE: rounded afterwards, since few sizes and distances are printed and each many times
        sizes, gaps = _rounded(printed, 1), _rounded(apart, 0)
        rights.sort()
        general = rights[int(len(rights) * 0.97)] if rights else 500.0
        for number in [page.number for page in self.pages]:
            right[number] = max(min(right.get(number, general), general + 20), general - 30)
        body_size = max(sizes, key=lambda s: sizes[s]) if sizes else 11.0
        pitch = max(gaps, key=lambda g: (gaps[g], -g)) if gaps else body_size * 1.2
        if pitch > body_size * _LOOSE:  # a page of paragraphs of one line: the distance of lines is a less common one
            often = sum(gaps.values()) * _OFTEN
            pitch = min((g for g, n in gaps.items() if n >= often and g >= body_size), default=pitch)
        return body_size, right, max(pitch, body_size)

    # ------------------------------------------------------------------------------------------------ recognising lines

    def _marker(self, text: str) -> tuple[MarkerRule, re.Match[str]] | None:
        if not text or (text[0].isalpha() and text[1:2] not in _AFTER_LETTER):
            return None
        return self.rules.first("markers", self.marker_rules, text)  # type: ignore[return-value]

    def _section(self, entry: CleanLine) -> tuple[SectionRule, re.Match[str]] | None:
        text = entry.text
        if self.labels:
            text = self.labels.get((entry.page, entry.number), text)
        if len(text) > _LONGEST_HEADING or text[:1].islower():  # NOTE: before the call, since most lines begin in the middle of a sentence
            return None
        return self._section_named(text, bold=entry.line.bold)

    def _section_named(self, text: str, *, bold: bool = False) -> tuple[SectionRule, re.Match[str]] | None:
        if not text:
            return None
        if text[0].isdigit() and bold:
            number = self.chapter_number.match(text)
            text = text[number.end() :] if number is not None else text  # "7. Kommunstyrelsens beslut"
        if not text[0].isupper():
            return None
        if text not in self.section_words:  # NOTE: half the lines of minutes that may be one ("Beslut", "Yrkanden") come again
            found = self.rules.first("sections", self.section_rules, text)
            if found is None and text.isupper():
                found = self.rules.first("sections", self.section_rules, text.capitalize())  # "ARBETSUTSKOTTETS BESLUT"
            self.section_words[text] = found  # type: ignore[assignment]
        return self.section_words[text]

    def _numbered(self, entry: CleanLine, previous: CleanLine | None) -> tuple[ParagraphRule, re.Match[str]] | None:
        found = self.rules.first("paragraphs", self.paragraph_rules, entry.text)
        if found is not None:
            rule, match = found
            if previous is not None and previous.page == entry.page and self._continues(previous, entry) and not self._stands_out(entry):
                return None  # "… enligt" / "§ 12 Kommunallagen": a citation that happens to begin a line
            return rule, match  # type: ignore[return-value]
        return None

    def _stands_out(self, entry: CleanLine) -> bool:
        return entry.line.bold or entry.line.size > self.larger

    def _continues(self, previous: CleanLine, entry: CleanLine) -> bool:
        """Whether the text itself goes on from one line to the next. NOTE: the expression last, which three in four need not be asked."""
        return not previous.ended and (entry.text[:1].islower() or self._unfinished(previous.text))

    def _unfinished(self, text: str) -> bool:
        """Whether a line ends in the middle of a phrase. NOTE: only its end is looked at, which is four times as fast."""
        known = self.broken_off.get(text)
        if known is None:
            known = self.broken_off[text] = self.unfinished.search(text, max(0, len(text) - _LONGEST_END)) is not None
        return known

    def _new_block(self, previous: CleanLine, entry: CleanLine, draft: _Draft) -> bool:
        """Whether ``entry`` begins a block of its own rather than going on ``draft``."""
        a, b = previous.line, entry.line
        if draft.cell != b.cell:
            return True
        same_style = abs(a.size - b.size) <= 0.6 and a.bold == b.bold
        if not same_style and draft.kind is not BlockKind.ITEM and abs(a.size - b.size) > 0.6:
            return True
        ended, first = previous.ended, entry.text[0]
        goes_on = not ended and (
            first.islower() or self._unfinished(previous.text) or (first == "§" and self.cites_on.match(entry.text) is not None)
        )
        if a.bold != b.bold and not goes_on:
            return True
        gap = b.baseline - a.baseline
        if previous.page != entry.page or gap < -3 * self.pitch:  # overleaf, or at the top of the next column
            return ended or (not goes_on and self._fits(previous, entry))
        if gap > max(self.pitch, a.size) * 1.45 or gap < -2:
            # "Regionfullmäktige beslutar att", and below it, each a paragraph of its own: "fastställa planen", "ge styrelsen i uppdrag att"
            if gap > 0 and self.decides_at_end.search(previous.text):
                self.listing = True
            return not goes_on or (self.listing and gap > 0 and previous.text[-1:] not in (",", "-"))
        if draft.kind is BlockKind.ITEM and draft.text_x0 is not None and b.x0 < draft.x0 + 1 and draft.text_x0 > draft.x0 + 4 and ended:
            return True
        if goes_on and not ended:
            return False
        if draft.kind is BlockKind.ITEM and (b.x0 < draft.x0 - 3 or (draft.style in self.hanging and b.x0 < draft.x0 + 2)):
            return True
        return self._fits(previous, entry)

    def _fits(self, previous: CleanLine, entry: CleanLine) -> bool:
        """Whether the next line's first word (two, for a name) would have fitted on the line before: then the break is meant."""
        words = 1 if previous.ended else 2
        cell = previous.line.cell
        if cell is not None and not is_body_alone(previous.text, self.rules):
            right = self.cell_right[previous.page, cell.table, cell.column]
        else:
            right = self.right[previous.page]
            if self.column_right:
                right = self.column_right.get((previous.page, previous.number), right)
        room = right - previous.line.x1
        return room > _first_words_width(entry, words) + 0.6 * previous.line.size

    # ------------------------------------------------------------------------------------------------------ building

    def build(self) -> Document:
        previous: CleanLine | None = None
        take = self._take
        for entry in self.lines:
            take(entry, previous)
            previous = entry
        self._title_above()
        self._levels()
        return self._write()

    def _add_heading(self, heading: _Heading) -> None:
        self.headings.append(heading)
        if heading.paragraph == len(self.numbers) - 1:
            self.section_now, self.kind_now = len(self.headings) - 1, heading.kind
        else:
            self._leave_section()

    def _leave_section(self) -> None:
        self.section_now, self.kind_now = -1, ""

    def _open(self, draft: _Draft) -> None:
        draft.section = self.section_now
        draft.paragraph = len(self.numbers) - 1
        self.drafts.append(draft)

    def _take(self, entry: CleanLine, previous: CleanLine | None) -> None:
        if previous is not None and previous.page != entry.page and self.section_now >= 0:
            page = self.pages[entry.page - 1]
            if page.width > page.height and page.number > 1 and not self.numbers:
                self._add_heading(_Heading("", "", len(self.drafts), -1))  # a new slide: what stood on the one before has ended
        if self.labels and (entry.page, entry.number) in self.labels:
            self._take_label(entry)
            return
        line, text = entry.line, entry.text
        cell = line.cell
        if cell is None:
            lower = folded(text)
            numbered = self._numbered(entry, previous) if any(word in lower for word in self.numbering_words) else None
            if numbered is not None:
                self._open_number(entry, *numbered)
                return
            section = self._section(entry)
            if (
                section is not None
                and section[0].kind in ("information", "motion", "agenda", "note", "statement")
                and self._awaits_title(previous)
            ):
                section = None  # "§ 130 …" / "Information om branden": the first line below a § is its title
            if section is not None and not (previous is not None and self._inside_sentence(previous, entry)):
                self._open_section(entry, *section)
                return
            if self.numbers and self.numbers[-1].open and self._is_title_line(entry, previous):
                return
            if any(word in lower for word in self.deciding_words) and self._take_deciding(entry, previous):
                return
        elif cell.column == 0 and (entry.page, cell.table, _FORM) not in self.cell_right:
            labelled = self._section(entry)  # a form: "Beslut | Nämnden får i uppdrag att …"
            if labelled is not None:
                self._open_section(entry, *labelled)
                return
        if cell is None and self.kind_now in _LISTS_HEADINGS and self._ends_contents(entry):
            self._add_heading(_Heading("", "", len(self.drafts), len(self.numbers) - 1))
            self._open(_Draft(BlockKind.HEADING, [entry], x0=entry.line.x0))
            return
        if self.chapters and (entry.page, entry.number) in self.chapters and (self.chaptered or not self._decides_here()):
            self.chaptered = True
            if not self.numbers and self.section_now >= 0:
                self._add_heading(_Heading("", "", len(self.drafts), -1))
            self.listing = False
            self._open(_Draft(BlockKind.HEADING, [entry], x0=entry.line.x0))
            return
        marker = self._marker(text) if cell is None else None
        if marker is None and cell is None and text[:1].isdigit() and self._decides_here():
            marker = self._bare_number(text)
        if marker is not None and not self._is_point(marker, entry, previous):
            marker = None
        current = self.drafts[-1] if self.drafts else None
        if marker is not None:
            rule, match = marker
            value = match.groupdict().get("value") or ""
            length = 0 if rule.style == "att" else match.end()
            inner = self._marker(text[length:]) if length else None
            if inner is not None and inner[0].ordered and rule.style in ("bullet", "dash"):
                # "• 1. Regionstyrelsen …": the number is the point's own
                rule, match = inner
                value = match.groupdict().get("value") or ""
                length += match.end()
            self._open(_Draft(BlockKind.ITEM, [entry], match.group("marker"), length, rule.style, value, line.x0))
            if len(text) == match.end():
                self.drafts[-1].text_x0 = None
            return
        if (
            current is None
            or previous is None
            or current.kind is BlockKind.HEADING
            or current.section != self.section_now
            or current.paragraph != len(self.numbers) - 1
            or self._new_block(previous, entry, current)
        ):
            kind = BlockKind.CELL if cell is not None else BlockKind.TEXT
            if kind is BlockKind.TEXT and self.kind_now in _NAMES_ONLY:
                kind = BlockKind.NAME_LIST
            elif kind is BlockKind.TEXT and self._is_free_heading(entry, previous):
                kind = BlockKind.HEADING
                self.listing = False
                if self._closes(entry):
                    self._add_heading(_Heading("", "", len(self.drafts), -1))
            self._open(_Draft(kind, [entry], x0=line.x0, cell=cell))
            return
        if current.text_x0 is None:
            current.text_x0 = line.x0
        if current.kind is BlockKind.ITEM and line.x0 > current.x0 + 4:
            self.hanging.add(current.style)
        current.lines.append(entry)

    def _take_deciding(self, entry: CleanLine, previous: CleanLine | None) -> bool:
        """Takes a line that says who decides what the lines below it tell, of which one of ``deciding_words`` stands in each."""
        text = entry.text
        if (
            self.drafts
            and self.drafts[-1].kind is not BlockKind.HEADING
            and (
                (
                    (self._stands_out(entry) or self._after_vote(previous))
                    and (self.rules.grammar("decides_line").match(text) or self._decides_after_all(text))
                )
                or self._decides_unheaded(entry, previous)
            )
        ):
            self._add_heading(_Heading("decision", text.rstrip(": "), len(self.drafts), len(self.numbers) - 1))
        elif self.rules.first("own_part_line", self.own_part_rules, text) is None and not (
            previous is not None and previous.ended and self.rules.first("level_line", self.level_rules, text) is not None
        ):
            return False
        self._open(_Draft(BlockKind.TEXT, [entry], x0=entry.line.x0))
        return True

    def _is_point(self, marker: tuple[MarkerRule, re.Match[str]], entry: CleanLine, previous: CleanLine | None) -> bool:
        """Whether what looks like the marker of a point is one."""
        rule, match = marker
        if rule.style == "number" and previous is not None and self._inside_sentence(previous, entry) and not self._next_in_list(match):
            return False
        if rule.ordered and previous is not None and self.numbered_word.search(previous.text):
            return False  # "som beskrivs i bilaga" / "a) och att redovisa"
        if rule.style == "number":
            return entry.line.size <= self.body_size + 1.5 or entry.ended  # "4. Nämndernas uppdrag 2025" in large letters: a chapter
        if rule.style == "dash":
            return previous is None or not (previous.text[-1:].isdigit() and entry.text[2:3].isdigit())
        if rule.style == "capital":
            return self._lettered(match)  # not "A. Lind anförde att nämnden borde ha väntat"
        return rule.style != "att" or (previous is not None and self._att_item(previous, entry))

    def _take_label(self, entry: CleanLine) -> None:
        """Takes a line of a form's label: a heading, of a section where the whole label is one's name."""
        if not self.labels[entry.page, entry.number]:
            self.drafts[-1].lines.append(entry)
            return
        section = self._section(entry)
        if section is not None:
            self._open_section(entry, *section)
            return
        if self.numbers:
            self.numbers[-1].open = False
        self.listing = False
        whole = self.labels[entry.page, entry.number]
        decides = self.rules.grammar("decides_line").match(whole) is not None
        if decides or self.rules.first("own_part_line", self.own_part_rules, whole) is not None:
            if decides:
                self._add_heading(_Heading("decision", whole.rstrip(": "), len(self.drafts), len(self.numbers) - 1))
            self._open(_Draft(BlockKind.TEXT, [entry], x0=entry.line.x0))
            return
        if self._closes(entry):
            self._add_heading(_Heading("", "", len(self.drafts), -1))
        self._open(_Draft(BlockKind.HEADING, [entry], x0=entry.line.x0))

    def _inside_sentence(self, previous: CleanLine, entry: CleanLine) -> bool:
        """The line before is full and unfinished, so that what looks like a marker or heading is running text."""
        if previous.ended or not previous.text:
            return False
        if self.drafts and self.drafts[-1].kind is BlockKind.HEADING:
            return False
        gap = entry.line.baseline - previous.line.baseline
        if previous.page == entry.page and gap > self.pitch * 1.45:
            return False
        return self._unfinished(previous.text) and not self._stands_out(entry)

    def _att_item(self, previous: CleanLine, entry: CleanLine) -> bool:
        """Whether a line that begins with "att" may be a point of a list of att-clauses: below "beslutar", or after another such point."""
        if entry.text[:1].isupper() and not (
            self._decides_here() or self.decides_at_end.search(previous.text) or (self.drafts and self.drafts[-1].style == "att")
        ):
            return False  # "Att bygga nytt är dyrt." in running text
        first = entry.text[:1].lower() + entry.text[1:]
        if self.drafts and self.drafts[-1].style == "att":
            if not self._set_apart(entry, previous) and self.tasks_parted.search(" ".join(line.text for line in self.drafts[-1].lines)):
                return self.decision_first.match(first) is not None  # "att ge chefen i uppdrag; att redovisa …," / "att lämna …"
            capital, before = entry.text[:1].isupper(), self.drafts[-1].lines[0].text[:1].isupper()
            if before and not capital and not previous.ended:
                return False  # "Att uppdra åt chefen att ta fram en plan samt" / "att redovisa den"
            return bool(
                previous.ended
                or (capital and before)
                or self.rules.grammar("goes_on_below").search(previous.text)
                or self._fits(previous, entry)
                or self.decision_first.match(first)
            )
        if self.before_att.search(previous.text):
            return True
        if self.drafts and self.drafts[-1].kind is BlockKind.HEADING and self._decides_here():
            return True  # "Kommunstyrelsens beslut" / "att anvisa 4,2 mkr"
        listed = any(d.style == "att" and d.section == self.section_now for d in self.drafts[-12:])
        if listed and self.decision_first.match(first):
            return (
                True  # after sub-points: "att återremittera ärendet med uppdraget att" / "- redovisa läget," / "att uppdra åt bolaget att"
            )
        if listed and self._fits(previous, entry):
            return not self._unfinished(previous.text)  # after names on lines of their own: "att utse" / "Karin Bly (c)" / "att ge gruppen"
        return (self._set_apart(entry, previous) or self._fits(previous, entry)) and self.decides_somehow.search(previous.text) is not None

    def _after_vote(self, previous: CleanLine | None) -> bool:
        """Whether what is read tells how a decision was come to and the line before has ended: "Direktionen beslutar" comes next."""
        return self.kind_now in ("motion_order", "vote") and previous is not None and previous.ended

    def _decides_unheaded(self, entry: CleanLine, previous: CleanLine | None) -> bool:
        """Whether a line opens the decision of a § that has no heading for it: "Kommunstyrelsen beslutar" below what was moved, or what
        the matter was, of a sentence that has ended. A § with such a heading, above or below, tells of another decision here."""
        if previous is None or not previous.ended or previous.text.endswith(":"):
            return False  # "Ann Ek (S) yrkar:" / "Kommunstyrelsen beslutar"
        if not self.numbers or self.section_now < 0 or self._decides_here():
            return False
        found = self.rules.grammar("decides_unheaded").match(entry.text)
        if found is None or (found["rest"] and previous.page == entry.page and not self._set_apart(entry, previous)):
            return False
        number = len(self.numbers) - 1
        return not any(h.kind == "decision" and h.paragraph == number for h in self.headings) and not self._decision_follows(entry)

    def _set_apart(self, entry: CleanLine, previous: CleanLine) -> bool:
        """Whether more than the distance of lines parts a line from the one above it on its page."""
        return previous.page == entry.page and entry.line.baseline - previous.line.baseline > self.pitch * 1.3

    def _decision_follows(self, entry: CleanLine) -> bool:
        """Whether a heading of a decision stands below a line, before the next §."""
        at = next(i for i, line in enumerate(self.lines) if line is entry)
        for line in self.lines[at + 1 :]:
            if self.rules.first("paragraphs", self.paragraph_rules, line.text) is not None:
                return False
            section = self._section(line)
            if section is not None and section[0].kind == "decision":
                return True
        return False

    def _decides_here(self) -> bool:
        """Whether the section being read is a decision or a proposal."""
        return self.kind_now in ("decision", "proposal")

    def _decides_after_all(self, text: str) -> bool:
        """Whether a line opens what the board proposes to another or keeps for itself, where what is read is no decision yet: after
        "Propositioner", "Landstingsstyrelsen föreslår landstingsfullmäktige besluta" stands as a heading of its own."""
        return (
            self.section_now >= 0
            and not self._decides_here()
            and (
                self.rules.first("own_part_line", self.own_part_rules, text) is not None
                or self.rules.first("level_line", self.level_rules, text) is not None
            )
        )

    def _lettered(self, match: re.Match[str]) -> bool:
        """Whether a capital letter counts: it is the one after that of the point before, or the first and the next begins a line too."""
        value = match["value"]
        before = next((d.value for d in reversed(self.drafts) if d.style == "capital"), None)
        return (before is not None and _counts_on(before, value)) or (
            value == "A" and any(entry.text.startswith(("B. ", "B) ")) for entry in self.lines)
        )

    def _bare_number(self, text: str) -> tuple[MarkerRule, re.Match[str]] | None:
        """A number without a full stop that counts the points of a decision on ("2 Regiondirektören ges i uppdrag")."""
        match = self.bare_number.match(text)
        if match is None or not self._next_in_list(match):
            return None
        return next(rule for rule in self.marker_rules if rule.style == "number"), match

    def _next_in_list(self, match: re.Match[str]) -> bool:
        value = match.groupdict().get("value") or ""
        for draft in reversed(self.drafts[-12:]):
            if draft.style == "number" and draft.value.isdigit() and value.isdigit():
                return int(value) == int(draft.value) + 1
        return value == "1"

    def _is_free_heading(self, entry: CleanLine, previous: CleanLine | None) -> bool:
        """A short line that stands out, or a body's name alone, with no full stop."""
        text = entry.text
        if len(text) > 110 or text.endswith((".", ",", ";")):
            return False
        if self._stands_out(entry):
            return True
        if (
            previous is not None
            and previous.page == entry.page
            and entry.line.baseline - previous.line.baseline <= self.pitch * 1.3
            and not previous.ended
        ):
            return False
        return is_body_alone(text, self.rules)

    def _closes(self, entry: CleanLine) -> bool:
        """Whether a heading ends the section before it, in a document without §: it stands out and the section's own heading does not."""
        if self.numbers or self.section_now < 0 or not self._stands_out(entry):
            return False
        first = self.headings[-1].first_block
        opener = self.drafts[first] if first < len(self.drafts) else self.drafts[-1]
        return bool(self.headings[-1].kind) and opener.kind is BlockKind.HEADING and not self._stands_out(opener.lines[0])

    def _ends_contents(self, entry: CleanLine) -> bool:
        """Whether a line ends the list of contents it follows, in a document without §: a heading of that list that comes again, or
        another line that stands out. Other lines are noted as what the list tells."""
        if self.numbers or self.kind_now not in _LISTS_HEADINGS:
            return False
        told = self.page_at_end.sub("", entry.text).lower()
        if told in self.contents or (self.contents and self._stands_out(entry) and not entry.text.endswith((".", ",", ";"))):
            return True
        self.contents.add(told)
        return False

    def _open_section(self, entry: CleanLine, rule: SectionRule, match: re.Match[str]) -> None:
        if self.numbers:
            self.numbers[-1].open = False
        text = self.labels.get((entry.page, entry.number), entry.text)
        number = self.chapter_number.match(text) if text[:1].isdigit() else None
        length = match.end() + (number.end() if number is not None else 0)
        heading = text[number.end() if number is not None else 0 : length].strip()
        self.listing = False
        self.contents = set()
        self._add_heading(_Heading(rule.kind, heading.rstrip(": "), len(self.drafts), len(self.numbers) - 1))
        self._open(_Draft(BlockKind.HEADING, [entry], x0=entry.line.x0))
        if rule.takes_rest and length < len(entry.text) and (entry.page, entry.number) not in self.labels:
            # the heading keeps its words, the rest of the printed line is the section's first block
            draft = _Draft(BlockKind.NAME_LIST if rule.kind in _NAMES_ONLY else BlockKind.TEXT, [entry], x0=entry.line.x0, skip=length)
            self.drafts[-1].skip = -length
            self._open(draft)

    def _open_number(self, entry: CleanLine, rule: ParagraphRule, match: re.Match[str]) -> None:
        groups = match.groupdict()
        number = groups["number"].strip()
        body = (groups.get("body") or "").strip()
        label = f"§ {number}" if number[:1].isdigit() else number  # "Ärende 4" is printed whole
        if self.numbers and self.numbers[-1].number == label and (groups.get("diary") or "") == (self.numbers[-1].diary or ""):
            if entry.page == self.numbers[-1].page:
                self._leave_section()  # named at the top of its page before what stands above it
            self._open(_Draft(BlockKind.HEADING, [entry], x0=entry.line.x0))  # repeated after a page break: the same § goes on
            return
        diary = (groups.get("diary") or "").strip() or None
        opened = _Number(label, diary, len(self.drafts), entry.page, (entry.line.size, entry.line.bold), rule.title)
        if groups.get("title"):
            opened.title.append(groups["title"].strip())
        if body:
            opened.number = label
        self.numbers.append(opened)
        self._leave_section()
        self._open(_Draft(BlockKind.HEADING, [entry], x0=entry.line.x0))

    def _awaits_title(self, previous: CleanLine | None) -> bool:
        """Whether the line before was the bare heading of a § that has no title yet."""
        return (
            bool(self.numbers)
            and previous is not None
            and self.numbers[-1].open
            and self.numbers[-1].where == "below"
            and not self.numbers[-1].title
        )

    def _is_title_line(self, entry: CleanLine, previous: CleanLine | None) -> bool:
        """Takes a line that belongs to the heading of the § just opened."""
        if not self.numbers or not self.numbers[-1].open or previous is None or not self.drafts:
            return False
        number = self.numbers[-1]
        if self._marker(entry.text) is not None and not self._continues(previous, entry):
            number.open = False
            return False
        diary = self.rules.grammar("diary_line").match(entry.text) if number.diary is None else None
        if diary is not None:
            number.diary = diary.group("diary")
            number.open = number.where == "below" and not number.title
            self._open(_Draft(BlockKind.HEADING, [entry], x0=entry.line.x0))
            return True
        same_style = abs(entry.line.size - number.style[0]) <= 0.6 and entry.line.bold == number.style[1]
        heading_style = same_style and self._stands_out(entry)
        gap = entry.line.baseline - previous.line.baseline if previous.page == entry.page else self.pitch
        if number.where == "same_line":
            goes_on = heading_style or (same_style and gap < self.pitch * 1.4 and not self._fits(previous, entry))
        else:
            goes_on = (
                not number.title
                or heading_style
                or (number.style != (self.body_size, False) and self._stands_out(entry))
                or self._continues(previous, entry)
                or (gap < self.pitch * 1.4 and not previous.ended and not self._fits(previous, entry))
            ) and len(number.title) < 8
            if not number.title and len(entry.text) > (110 if entry.text.endswith(".") else 170):
                goes_on = False
        if number.title and (number.style[1] or number.style[0] > self.larger) and not self._stands_out(entry):
            goes_on = False  # the title is printed so that it stands out; what does not is the text of the §
        if not goes_on:
            number.open = False
            return False
        number.title.append(entry.text)
        if number.where == "below" and len(number.title) == 1:
            number.style = (entry.line.size, entry.line.bold)
        self._open(_Draft(BlockKind.HEADING, [entry], x0=entry.line.x0))
        return True

    def _title_above(self) -> None:
        """A § whose heading stands alone takes the heading lines right above it as its title."""
        for number in self.numbers:
            if number.title or number.where != "below":
                continue
            at = number.first_block - 1
            taken: list[int] = []
            while (
                at >= 0
                and len(taken) < 4
                and self.drafts[at].kind is BlockKind.HEADING
                and self.drafts[at].section == self.drafts[number.first_block - 1].section
            ):
                if any(h.first_block == at for h in self.headings) or any(n.first_block == at for n in self.numbers):
                    break
                taken.insert(0, at)
                at -= 1
            if taken:
                number.title = [line.text for t in taken for line in self.drafts[t].lines]
                number.first_block = taken[0]
                index = self.numbers.index(number)
                for t in taken:
                    self.drafts[t].paragraph, self.drafts[t].section = index, -1

    def _levels(self) -> None:
        """Depth of list items by indent and style, and the clause each completes."""
        stack: list[tuple[str, float, int]] = []
        counted: dict[str, int] = {}  # the last item of each ordered style
        opener = -1
        for index, draft in enumerate(self.drafts):
            if draft.kind is not BlockKind.ITEM:
                if draft.kind is BlockKind.TEXT:
                    opener, stack = index, []
                    draft.lead_in = self._text_lead_in(index)
                    continue
                stack = []
                if draft.kind is BlockKind.HEADING:
                    opener = index if draft.lines[-1].text.endswith(":") else -1
                continue
            while stack and not (stack[-1][0] == draft.style or (draft.x0 > stack[-1][1] + 3) or draft.style != stack[-1][0]):
                stack.pop()
            styles = [s for s, _, _ in stack]
            if draft.style in styles:
                del stack[styles.index(draft.style) + 1 :]
                stack[-1] = (draft.style, draft.x0, index)
            else:
                stack.append((draft.style, draft.x0, index))
            draft.level = len(stack) - 1
            before = self.drafts[counted[draft.style]] if draft.style in counted else None
            if before is not None and opener > counted[draft.style] and self._opens_points(self.drafts[opener]):
                before = None  # "3." below "Nämnden beslutar för egen del att": the count goes on, the clause is another
            if draft.value:
                counted[draft.style] = index
            if before is not None and draft.level == 0 and before.section == draft.section and _counts_on(before.value, draft.value):
                draft.lead_in, draft.level = before.lead_in, before.level  # the list goes on after a paragraph of text
                continue
            if draft.style == "att" and draft.level == 0:
                last = self.drafts[index - 1]
                if last.style == "att" and (last.section, last.paragraph) == (draft.section, draft.paragraph):
                    proposes = self.proposes_item.match(" ".join(line.text for line in last.lines)) is not None
                    draft.lead_in = index - 1 if proposes else last.lead_in  # "att föreslå fullmäktige" / "att styrelsen får i uppdrag"
                    continue
            draft.lead_in = (
                stack[-2][2] if len(stack) > 1 else (opener if opener >= 0 and self.drafts[opener].paragraph == draft.paragraph else -1)
            )

    def _opens_points(self, draft: _Draft) -> bool:
        """Whether a paragraph ends in what the points below complete, or decides without a stop at its end ("Nämnden beslutar för egen
        del och under förutsättning av fullmäktiges beslut")."""
        whole = " ".join(line.text for line in draft.lines)
        if self._opens_clause(draft.lines[-1]) or self.rules.first("own_part_line", self.own_part_rules, whole) is not None:
            return True
        return not draft.lines[-1].ended and self.decides_somehow.search(whole) is not None

    def _opens_clause(self, line: CleanLine) -> bool:
        """Whether a line of text ends in what the points below complete."""
        if line.text.endswith("."):
            return self.opens_list.search(line.text) is not None
        return line.text.endswith(":") or (not line.ended and self.decides_at_end.search(line.text) is not None)

    def _text_lead_in(self, index: int) -> int:
        """A text block below "X beslutar" (with a colon, or unpunctuated) goes on its clause, as do the plain decisions after it."""
        if index == 0:
            return -1
        draft, before = self.drafts[index], self.drafts[index - 1]
        if before.section != draft.section or before.paragraph != draft.paragraph or before.kind not in (BlockKind.TEXT, BlockKind.ITEM):
            return -1
        if before.kind is BlockKind.ITEM and before.lines[-1].text.endswith(":"):
            return index - 1
        if before.kind is BlockKind.ITEM:
            return -1 if self._opens_own_list(index) or self._after_clauses(before, draft) else before.lead_in
        return index - 1 if self._opens_clause(before.lines[-1]) else before.lead_in

    def _after_clauses(self, item: _Draft, draft: _Draft) -> bool:
        """Whether a paragraph is no more of a list: its points are clauses that end with a stop, and it is a sentence of its own."""
        first = item.lines[0].text[item.marker_length :]
        return first[:1].islower() and item.lines[-1].text.endswith(".") and draft.lines[0].text[:1].isupper()

    def _opens_own_list(self, index: int) -> bool:
        """Whether a line between points says by whose proposal those below it are decided, which are counted from the first again."""
        following = self.drafts[index + 1] if index + 1 < len(self.drafts) else None
        if following is None or following.kind is not BlockKind.ITEM or following.value not in ("1", "a"):
            return False
        whole = " ".join(line.text for line in self.drafts[index].lines)
        return self.rules.grammar("by_proposal_line").match(whole) is not None

    # ------------------------------------------------------------------------------------------------------- writing

    def _write(self) -> Document:
        parts: list[str] = []
        segments: list[Segment] = []
        blocks: list[Block] = []
        position = 0

        for draft in [*self.drafts, *self._furniture()]:
            start = position
            lines = draft.lines
            first = lines[0]
            for entry in lines:
                pieces: tuple[tuple[str, int], ...] | list[tuple[str, int]] = entry.pieces
                if entry is first:
                    if draft.skip:
                        pieces = _cut(pieces, draft.skip)
                elif not parts or parts[-1][-1:] not in _BREAKS:  # NOTE: before the call, nearly every line
                    parts.append(" ")
                    position += 1
                else:
                    joined = _joint(parts, entry.text, self.rules)
                    if joined == "hyphen":
                        parts[-1] = parts[-1][:-1]
                        position -= 1
                        last = segments.pop()
                        if last.end - 1 > last.start:  # a mended hyphen is a run of its own
                            segments.append(Segment(last.start, last.end - 1, last.page, last.line, last.at))
                    elif joined == "space":
                        parts.append(" ")
                        position += 1
                page, number = entry.page, entry.number
                for run, at in pieces:
                    if not run:
                        continue
                    end = position + len(run)
                    segments.append(record(Segment, (position, end, page, number, at)))
                    parts.append(run)
                    position = end
            content = start + draft.marker_length if draft.kind is BlockKind.ITEM else start
            place = draft.level, draft.lead_in, draft.section, draft.paragraph
            begun = start, position, draft.kind, first.page, min(content, position), draft.marker
            blocks.append(record(Block, (*begun, *place, first.line.bold, draft.cell)))
            parts.append("\n")
            position += 1
        text = "".join(parts)
        return Document(
            text, tuple(segments), tuple(blocks), self._sections(blocks), self._paragraphs(blocks), self.pages, self.clean.removed
        )

    def _furniture(self) -> list[_Draft]:
        seen: set[str] = set()
        drafts: list[_Draft] = []
        for entry in self.clean.furniture:
            key = _COUNTED.sub("", entry.text)
            if key not in seen and any(c.isalnum() for c in key):
                seen.add(key)
                drafts.append(_Draft(BlockKind.FURNITURE, [entry], x0=entry.line.x0))
        return drafts

    def _end_of(self, blocks: list[Block], first: int, following: list[int]) -> int:
        after = bisect_right(following, first)
        last = following[after] if after < len(following) else len(self.drafts)
        return blocks[max(last - 1, first)].end if blocks else 0

    def _sections(self, blocks: list[Block]) -> tuple[Section, ...]:
        starts = sorted([h.first_block for h in self.headings] + [n.first_block for n in self.numbers])
        return tuple(
            Section(blocks[h.first_block].start, self._end_of(blocks, h.first_block, starts), h.kind, h.heading, h.paragraph, h.level_body)
            for h in self.headings
        )

    def _paragraphs(self, blocks: list[Block]) -> tuple[Paragraph, ...]:
        starts = [n.first_block for n in self.numbers]
        return tuple(
            Paragraph(
                blocks[n.first_block].start,
                self._end_of(blocks, n.first_block, starts),
                n.number,
                _fold(n.title, self.rules.language.damage.kept_hyphen.words),
                n.diary,
                n.page,
            )
            for n in self.numbers
        )


def _rounded(counts: dict[float, int], digits: int) -> dict[float, int]:
    """The counts of values that are the same after rounding, added up."""
    out: dict[float, int] = {}
    for value, count in counts.items():
        key = round(value, digits)
        out[key] = out.get(key, 0) + count
    return out


def _counts_on(before: str, value: str) -> bool:
    """Whether ``value`` is the number or letter after ``before``."""
    if before.isdigit() and value.isdigit():
        return int(value) == int(before) + 1
    return len(before) == len(value) == 1 and before.isalpha() and ord(value) == ord(before) + 1


def _fold(lines: list[str], kept: list[str]) -> str:
    """The lines of a title as one, a line-end hyphen undone unless one of the words ``kept`` follows it."""
    text = ""
    for line in lines:
        text = (
            text[:-1] + line
            if text.endswith("-") and line[:1].islower() and line.split(" ", 1)[0] not in kept
            else f"{text} {line}".strip()
        )
    return text


def _cut(pieces: Sequence[tuple[str, int]], skip: int) -> list[tuple[str, int]]:
    """The runs of a line after (skip > 0) or before (skip < 0) a heading that shares its line."""
    out: list[tuple[str, int]] = []
    position = 0
    for run, at in pieces:
        low, high = (max(0, skip - position), len(run)) if skip > 0 else (0, max(0, min(len(run), -skip - position)))
        if low < high:
            out.append((run[low:high], at + low))
        position += len(run)
    return out


def _joint(parts: list[str], following: str, rules: Rules) -> str:
    """How two printed lines of one block meet: with the line-end hyphen undone, with nothing, or with a space."""
    before = parts[-1] if parts else ""
    if len(before) == 1 and len(parts) > 1:
        before = parts[-2] + before  # a mended hyphen
    if before.endswith(("-", "\u00ad")) and len(before) > 1 and before[-2].isalpha() and following[:1].islower():
        first = following.split(" ", 1)[0].rstrip(",.;:")
        return "space" if first in rules.language.damage.kept_hyphen.words else "hyphen"
    if before.endswith(("-", "–", "−")) and following[:1].isdigit():
        return "none"  # a minus sign or a range broken by the line end
    if before.endswith("-") and len(before) > 1 and before[-2].isalnum() and following[:1].isupper():
        return "none"  # "Västra-/Götaland": a hyphen that belongs to the word
    if before.endswith("/") and following[:1].isdigit():
        return "none"
    return "space"
