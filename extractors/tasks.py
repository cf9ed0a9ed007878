"""One frame, one or several tasks: lists below a lead-in, and sentences whose parts have deadlines of their own."""

from __future__ import annotations

from extractors.deadlines import DeadlineFinder
from extractors.frames import Frame
from extractors.model import Block, BlockKind, DateMention, Document, Reference, Span


def children(document: Document, index: int) -> list[int]:
    """The items right below a block that complete its clause (in order, their own sub-items left out)."""
    block = document.blocks[index]
    out: list[int] = []
    for at in range(index + 1, len(document.blocks)):
        other = document.blocks[at]
        if other.kind is BlockKind.FURNITURE or other.paragraph != block.paragraph or other.section != block.section:
            break
        if other.lead_in == index and other.kind is BlockKind.ITEM:
            out.append(at)
        elif other.kind is BlockKind.ITEM and out and other.level > document.blocks[out[0]].level:
            continue
        else:
            break
    return out


def ordered(document: Document, items: list[int]) -> bool:
    """Whether a list counts (numbers or letters), so that each item is a point of its own."""
    return bool(items) and all(document.blocks[i].marker[:1].isalnum() and document.blocks[i].marker != "o" for i in items)


def trailing_end(document: Document, items: list[int], index: int) -> int:
    """Where the last sub-item of the last item of a list ends."""
    last = items[-1] if items else index
    end = document.blocks[last].end
    for at in range(last + 1, len(document.blocks)):
        block = document.blocks[at]
        if block.kind is not BlockKind.ITEM or block.level <= document.blocks[last].level:
            break
        end = block.end
    return end


def split(
    frame: Frame, document: Document, finder: DeadlineFinder, dates: tuple[DateMention, ...], references: tuple[Reference, ...]
) -> list[Frame]:
    """The frame cut into one a task, where each task has a deadline of its own or a printed line that begins with "att"; the first keeps
    the head of the sentence."""
    task, text = frame.task, document.text
    if task.end - task.start < 40:
        return [frame]
    cuts = [m.end() for m in finder.task_with_time.finditer(text, task.start, task.end)]
    cuts += [m.end() for m in finder.and_to.finditer(text, task.start, task.end)]
    parted = {m.end() for m in finder.next_task.finditer(text, task.start, task.end)} if _parted(frame, text, finder) else set()
    parted |= _on_lines(frame, document, finder)
    cuts += parted
    parts: list[int] = [task.start]
    for cut in sorted(set(cuts)):
        before, after = Span(parts[-1], cut), Span(cut, task.end)
        if cut in parted:
            parts.append(cut)
            continue
        if not _has_deadline(text, before, finder, dates, references) or not _has_deadline(text, after, finder, dates, references):
            continue
        fronted = bool(finder.fronted_time.match(text[cut : cut + 12]))
        reports_only = finder.only_reports.match(text[cut : cut + 16])
        if finder.only_time.match(text[parts[-1] : cut].strip(" ,;")):
            continue  # "att under hösten och senast 2021-12-31 påbörja arbetet": one task, twice timed
        if not fronted and reports_only and not finder.reporting.search(text, before.start, before.end):
            continue  # "utreda frågan senast i maj samt att återrapportera i juni": one task and its report
        parts.append(cut)
    if len(parts) == 1:
        return [frame]
    ends = [*parts[1:], task.end]
    out: list[Frame] = []
    for number, (start, end) in enumerate(zip(parts, ends, strict=True)):
        stop = end
        joint = finder.joint_at_end.search(text[start:stop])
        if joint and number < len(parts) - 1:
            stop = start + joint.start()
        sentence = Span(frame.sentence.start if number == 0 else start, max(stop, start))
        out.append(frame._replace(task=Span(start, max(stop, start)), sentence=sentence))
    return out


def _parted(frame: Frame, text: str, finder: DeadlineFinder) -> bool:
    """Whether a stop between uppdrag and its tasks makes each of them one of its own ("i uppdrag; att A, att B samt att C")."""
    return finder.tasks_parted.search(text, frame.anchor.start, min(frame.task.end, frame.task.start + 200)) is not None


def _on_lines(frame: Frame, document: Document, finder: DeadlineFinder) -> set[int]:
    """Where tasks begin that are printed as lines of their own ("… i uppdrag" / "att se över badet," / "att ta fram en plan"), one that
    only reports on the one before it aside. By chance two lines running seldom begin so."""
    text, task = document.text, frame.task
    first = text.rfind("att", frame.sentence.start, task.start)
    if first < 0 or text[first + 3 : task.start].strip() or not document.begins_line(first):
        return set()
    return {
        m.end()
        for m in finder.task_on_line.finditer(text, task.start, task.end)
        if document.begins_line(m.start("att")) and not finder.reporting.search(text, m.end(), min(m.end() + 40, task.end))
    }


def _has_deadline(text: str, span: Span, finder: DeadlineFinder, dates: tuple[DateMention, ...], references: tuple[Reference, ...]) -> bool:
    return any(d.kind not in ("vague", "recurring", "start", "effect", "period") for d in finder.find(text, span, dates, references))


def is_list_block(block: Block) -> bool:
    """Whether a block is an item of a list."""
    return block.kind is BlockKind.ITEM
