"""Long words known again with a letter or two misread (rules/sv/damage.toml, [words] and [lookalikes]).

Only look-alike letters are undone, only in listed words, never in numbers: "uppdraq" is uppdrag, "september" is not "decembre".
"""

from __future__ import annotations

from rules.expressions import expression
from rules.ruleset import Rules

_WORD = expression(r"[^\W\d_][\wåäö]{4,}")


class Misprints:
    """Mends words under one set of rules; what a word becomes is remembered."""

    def __init__(self, rules: Rules) -> None:
        file = rules.language.damage
        self.words = frozenset(file.words.words)
        self.read_as = {(letter, seen) for letter, forms in file.lookalikes.items() for seen in forms if len(seen) == 1}
        self.pairs = {letter: [f for f in forms if len(f) > 1] for letter, forms in file.lookalikes.items()}
        self.alike = _classes({(letter, seen) for letter, seen in self.read_as})
        self.by_look: dict[str, list[str]] = {}
        for word in sorted(self.words):
            self.by_look.setdefault(word.translate(self.alike), []).append(word)
        self.known: dict[str, str] = {}
        self.fine: set[str] = set()  # printed words that stay as they are

    def mend(self, text: str) -> str:
        """``text`` with misread listed words put right. Other words are untouched; length changes only where one letter was read as two."""
        words = text.split(" ")
        if self.fine.issuperset(words):
            return text
        out = [word if word in self.fine else self._mended(word) for word in words]
        return text if out == words else " ".join(out)

    def _mended(self, printed: str) -> str:
        """What stands between two spaces, each word in it put right."""
        out = printed
        for match in reversed(list(_WORD.finditer(printed))):  # from the end, so that the places before it stay
            word = match.group()
            right = self.known.get(word)
            if right is None:
                right = self.known[word] = self._right(word)
            if right != word:
                out = out[: match.start()] + right + out[match.end() :]
        if out == printed:
            self.fine.add(printed)
        return out

    def _right(self, word: str) -> str:
        low = word.lower()
        if low in self.words:
            return word
        candidates = [w for w in self.by_look.get(low.translate(self.alike), ()) if self._same(low, w)]
        if not candidates:
            for letter, forms in self.pairs.items():
                for form in forms:
                    at = low.find(form)
                    while at >= 0:
                        joined = low[:at] + letter + low[at + len(form) :]
                        looks = self.by_look.get(joined.translate(self.alike), ())
                        candidates += [w for w in looks if w == joined or self._same(joined, w)]
                        at = low.find(form, at + 1)
        if len(set(candidates)) != 1:
            return word
        right = candidates[0]
        return right[:1].upper() + right[1:] if word[:1].isupper() else right

    def _same(self, seen: str, word: str) -> bool:
        """Whether ``seen`` is ``word`` with at most one letter in six read as a look-alike."""
        wrong = [(b, a) for a, b in zip(seen, word, strict=True) if a != b]
        return 0 < len(wrong) <= max(1, len(word) // 6) and all(pair in self.read_as for pair in wrong)


def _classes(pairs: set[tuple[str, str]]) -> dict[int, str]:
    """For each letter that may be read as another, one letter that stands for all it is linked with: words that may be each other
    misread are equal under it, so that a word is compared with those few alone."""
    linked: dict[str, set[str]] = {}
    for a, b in pairs:
        joined = linked.get(a, {a}) | linked.get(b, {b})
        for letter in joined:
            linked[letter] = joined
    return {ord(letter): min(joined) for letter, joined in linked.items()}
