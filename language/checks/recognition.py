"""What each item of a feature is taken for: words are looked up, and misspelt ones guessed."""

from __future__ import annotations

from dataclasses import dataclass, field

from cnngen.language.checks.arguments import likely_word
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Item, Layer, Merge, Stray
from cnngen.language.words.catalogue import LAYERS, WORDS
from cnngen.language.words.synonyms import suggest


@dataclass(slots=True)
class Recognition:
    """The words that are meant where others are written, what each item is, and what to leave out."""

    meant: dict[Layer, str] = field(default_factory=dict)
    misplaced: set[Item] = field(default_factory=set)
    #: What each item is to the automata; text that means nothing is not among them.
    categories: dict[Item, str] = field(default_factory=dict)

    def word(self, layer: Layer) -> str:
        """The word that a layer is taken for."""
        return self.meant.get(layer, layer.word.text)

    def category(self, item: Item) -> str | None:
        """What an item is to the automata; None for text that means nothing."""
        return self.categories.get(item)


def recognise(item: Item, known: Recognition, diagnostics: list[Diagnostic]) -> None:
    """Note what an item is. Report text that is no word of the language, and guess which word is meant."""
    if isinstance(item, Merge):
        known.categories[item] = "merge"
    elif isinstance(item, Layer) and (word := WORDS.get(item.word.text)):
        known.categories[item] = word.category
    elif isinstance(item, Stray):
        diagnostics.append(_meaningless(item))
    else:
        written = item.word.text
        meant = suggest(written)
        message = f"'{written[:30]}' is not a word of the language"
        fixes: tuple[Fix, ...] = ()
        if meant:
            message += f": did you mean {meant}?"
            fixes = (Fix(f"Replace by {meant}", (Edit(item.word.span, meant),)),)
            known.meant[item] = meant
            known.categories[item] = WORDS[meant].category
        else:
            message += f": its layers are {', '.join(LAYERS)}."
        diagnostics.append(Diagnostic(Code.UNKNOWN_WORD, Severity.ERROR, message, item.word.span, fixes=fixes))


def _meaningless(stray: Stray) -> Diagnostic:
    """What to do about text that is no word of any language."""
    fixes: tuple[Fix, ...]
    if stray.text.startswith("/*"):
        message = "This comment never ends: '*/' is missing."
        fixes = (Fix("End the comment", (Edit(Span(stray.span.end, stray.span.end), " */"),)),)
    elif stray.text == "(":
        word = likely_word(stray.arguments)
        such = word.name if word else "conv"
        message = f"These arguments stand behind no word: write the layer before them, such as {such}."
        fixes = (Fix("Remove them", (Edit(stray.span, ""),)),)
        if word:
            at = stray.span.start
            fixes = (Fix(f"Insert {word.name}", (Edit(Span(at, at), word.name),)), *fixes)
    else:
        message = f"'{stray.text[:20]}' means nothing in this language: remove it."
        fixes = (Fix(f"Remove '{stray.text[:20]}'", (Edit(stray.span, ""),)),)
    return Diagnostic(Code.UNKNOWN_TEXT, Severity.ERROR, message, stray.span, fixes=fixes)
