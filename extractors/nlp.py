"""The spaCy pipeline that reads one sentence: a blank Swedish tokenizer and our components, registered as factories.

``build(rules, bodies)`` gives the pipeline; calling it on a sentence gives a :class:`spacy.tokens.Doc` with

* ``doc.spans["names"]``: the names an organisation's folder knows, found token by token (labels: the resolved names),
* ``doc._.frames``: the frames of the sentence (extractors/frames.py), with offsets of the sentence,
* ``doc.spans["slots"]``: their slots as spans labelled assigner, assignee, partner and task, for whoever reads the Doc with spaCy's
  own tools. Slots are found on characters; a slot that begins or ends inside a token is widened to it.

Amounts, dates and references are matched on characters of the whole text, before sentences: the tokenizer makes "-63" one token and
"–973" two.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from extractors.bodies import Bodies
from extractors.frames import Frame, FrameFinder
from extractors.model import Span
from rules.ruleset import Rules

CONFIG: dict[str, dict[str, Any]] = {
    "uppdrag_names": {"case": True},
    "uppdrag_frames": {},
    "uppdrag_slots": {"group": "slots"},
}
"""The components, in order, with their settings: the one description of the pipeline."""

if not Doc.has_extension("frames"):
    Doc.set_extension("frames", default=())

_ATTRIBUTES = ("LOWER", "NORM", "IS_ALPHA", "IS_DIGIT", "IS_PUNCT", "IS_SPACE")
"""What a token of ours knows of itself beside its letters."""

_BUILT: dict[int, tuple[Rules, Bodies, FrameFinder]] = {}


class Names:
    """Marks the names and abbreviations of the organisation's folder."""

    def __init__(self, nlp: Language, bodies: Bodies, case: bool) -> None:
        self.nlp = nlp
        self.matcher = PhraseMatcher(nlp.vocab, attr="ORTH" if case else "LOWER")
        self.known: dict[str, bool] = {}
        known = {**bodies.abbreviations, **{name: name for name in bodies.full_names.values()}}
        for printed, name in known.items():
            self.matcher.add(name, [nlp.make_doc(printed)])

    def __call__(self, doc: Doc) -> Doc:
        doc.spans["names"] = [TokenSpan(doc, start, end, label=label) for label, start, end in self.matcher(doc)]
        return doc

    def hold(self, printed: str) -> bool:
        """Whether a name is in ``printed``, token by token ("RSK" holds no "RS")."""
        if not len(self.matcher):
            return False
        if printed not in self.known:
            self.known[printed] = bool(self(self.nlp.make_doc(printed)).spans["names"])
        return self.known[printed]


class Frames:
    """Finds the frames of the sentence."""

    def __init__(self, finder: FrameFinder) -> None:
        self.finder = finder

    def __call__(self, doc: Doc) -> Doc:
        doc._.frames = tuple(self.finder.find(doc.text, Span(0, len(doc.text))))
        return doc


class Slots:
    """Shows the slots of the frames as a group of spans."""

    def __init__(self, group: str) -> None:
        self.group = group

    def __call__(self, doc: Doc) -> Doc:
        spans = []
        for frame in doc._.frames:
            for label, places in _places(frame).items():
                for place in places:
                    span = doc.char_span(place.start, place.end, label=label, alignment_mode="expand")
                    if span is not None:
                        spans.append(span)
        doc.spans[self.group] = spans
        return doc


def _places(frame: Frame) -> dict[str, list[Span]]:
    return {
        "assigner": [frame.assigner.span] if frame.assigner else [],
        "assignee": [frame.assignee.span] if frame.assignee else [],
        "partner": [p.span for p in frame.partners],
        "task": [frame.task] if frame.task.end > frame.task.start else [],
    }


@Language.factory("uppdrag_names", default_config={"case": True, "build": 0})
def _names(nlp: Language, name: str, case: bool, build: int) -> Names:
    return Names(nlp, _BUILT[build][1], case)


@Language.factory("uppdrag_frames", default_config={"build": 0})
def _frames(nlp: Language, name: str, build: int) -> Frames:
    return Frames(_BUILT[build][2])


@Language.factory("uppdrag_slots", default_config={"group": "slots", "build": 0})
def _slots(nlp: Language, name: str, group: str, build: int) -> Slots:
    return Slots(group)


def _blank() -> Language:
    """A Swedish tokenizer. NOTE: what a new word looks like is half its time; nothing here asks for more than its letters."""
    nlp = spacy.blank("sv")
    vocab: Any = nlp.vocab
    vocab.lex_attr_getters = {attr: vocab.lex_attr_getters[attr] for attr in map(vocab.strings.__getitem__, _ATTRIBUTES)}
    return nlp


_tokenizer = lru_cache(maxsize=1)(_blank)


def known_names(bodies: Bodies) -> Names:
    """The names of an organisation's folder, without a pipeline around them.

    NOTE: whole documents ask for names and frames directly, not through a Doc a sentence: frames are found on characters, and tokens nobody
    looks at are a third of their time. All organisations share one tokenizer, which takes a twentieth of a second to make.
    """
    return Names(_tokenizer(), bodies, CONFIG["uppdrag_names"]["case"])


def build(rules: Rules, bodies: Bodies) -> Language:
    """The pipeline under one set of rules and one organisation, as CONFIG describes it. Not thread-safe; one a process."""
    number = len(_BUILT)
    _BUILT[number] = (rules, bodies, FrameFinder(rules, bodies))
    nlp = _blank()
    for component, settings in CONFIG.items():
        nlp.add_pipe(component, config={**settings, "build": number})
    return nlp


def finder(nlp: Language) -> FrameFinder:
    """The frame finder of a pipeline that :func:`build` made."""
    component = nlp.get_pipe("uppdrag_frames")
    assert isinstance(component, Frames)
    return component.finder


def knows(nlp: Language, printed: str) -> bool:
    """Whether the organisation's folder knows a name in ``printed``, token by token ("RSK" holds no "RS")."""
    names = nlp.get_pipe("uppdrag_names")
    assert isinstance(names, Names)
    return names.hold(printed)
