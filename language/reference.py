"""What there is to say about a word, a hyper-parameter or a code, as Markdown.

`cnngen explain` prints these entries and the reference in docs/ is made of them, both from the catalogue and the pages.
"""

from __future__ import annotations

from difflib import get_close_matches

from cnngen.language import pages
from cnngen.language.diagnostics import Code
from cnngen.language.words.catalogue import WORDS, Word
from cnngen.language.words.datasets import DATASETS
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.language.words.synonyms import suggest

_NOTE = "<!-- Made by scripts/write-reference from the catalogue and the pages: change those, not this. -->"


def explain(name: str) -> str | None:
    """The entry of a word, of `word.hyperparameter`, of a hyper-parameter wherever it occurs, or of a code."""
    if name.upper() in list(Code):
        return pages.page(Code(name.upper()))
    if name in WORDS:
        return word_entry(WORDS[name])
    owner, _, parameter_name = name.rpartition(".")
    owners = [WORDS[owner]] if owner in WORDS else [] if owner else WORDS.values()
    having: dict[HyperParameter, list[Word]] = {}
    for word in owners:
        parameter = word.hyperparameter(parameter_name)
        if parameter:
            having.setdefault(parameter, []).append(word)
    return "\n".join(_parameter_entry(parameter, words) for parameter, words in having.items()) or None


def closest(name: str) -> str | None:
    """The name most like this one that `explain` knows."""
    owner, _, parameter = name.rpartition(".")
    if owner:
        word = owner if owner in WORDS else suggest(owner)
        known = [p.name for p in WORDS[word].hyperparameters] if word else []
        close = get_close_matches(parameter, known, 1)
        return f"{word}.{close[0]}" if close else word
    parameters = {p.name for word in WORDS.values() for p in word.hyperparameters}
    codes = get_close_matches(name.upper(), list(Code), 1, 0.7)
    return next(iter([*get_close_matches(name, sorted({*WORDS, *parameters}), 1, 0.7), *codes]), suggest(name))


def overview() -> str:
    """All words and all codes, a line each."""
    words = "\n".join(f"- `{word.name}`: {word.doc}" for word in WORDS.values())
    codes = "\n".join(f"- `{code}`: {pages.title(code)}" for code in Code)
    return f"# Words\n\n{words}\n\n# Diagnostics\n\n{codes}\n"


def word_entry(word: Word) -> str:
    """What a word is, an example, its hyper-parameters."""
    keras = f"In Keras: {_listed(word.keras)}. " if word.keras else ""
    text = f"# {word.name}\n\n{word.doc}\n\n{keras}From {word.source}.\n\n```cnn\n{word.example}\n```\n"
    if word.hyperparameters:
        text += "\n" + "\n".join(_parameter_item(parameter) for parameter in word.hyperparameters) + "\n"
    return text


def words_page() -> str:
    """docs/reference/words.md."""
    contents = "\n".join(f"- [`{word.name}`](#{word.name.lower()}): {word.doc}" for word in WORDS.values())
    sets = "\n".join(
        f"- `{known.name}`: {known.doc}; {'×'.join(map(str, known.shape))}, {known.classes} classes"
        for known in DATASETS.values()
    )
    entries = "\n".join("#" + word_entry(word) for word in WORDS.values())
    return (
        f"{_NOTE}\n\n# Words and hyper-parameters\n\n"
        "Names, types and ranges are those of Keras; where a name differs there, the entry says so. "
        f"`cnngen explain conv` and `cnngen explain conv.filters` print the same.\n\n"
        f"{contents}\n\n{entries}\n## Data sets\n\n{sets}\n"
    )


def diagnostics_page() -> str:
    """docs/reference/diagnostics.md."""
    rows = "\n".join(f"| [{code}](../../language/pages/{code}.md) | {pages.title(code)} |" for code in Code)
    return (
        f"{_NOTE}\n\n# Diagnostics\n\n"
        "Each has a page: what it means, why, wrong and right examples, what to do. "
        "`cnngen explain CNN301` prints it.\n\n"
        f"| code | means |\n| --- | --- |\n{rows}\n"
    )


def _parameter_item(parameter: HyperParameter) -> str:
    text = (
        f"- `{parameter.name}`: {parameter.doc}\n  - takes {_values(parameter)}\n"
        f"  - left out: {_default(parameter)} ({parameter.source})"
    )
    if parameter.goes_with:
        text += f"\n  - goes with {_goes_with(parameter)}"
    return text + (f"\n  - in Keras: {_in_keras(parameter.keras)}" if parameter.keras is not None else "")


def _parameter_entry(parameter: HyperParameter, words: list[Word]) -> str:
    names = dict.fromkeys(name for word in words for name in word.keras_names(parameter))
    return (
        f"# {', '.join(f'{word.name}.{parameter.name}' for word in words)}\n\n"
        f"{parameter.doc[0].upper()}{parameter.doc[1:]}.\n\n- takes {_values(parameter)}\n"
        f"- left out: {_default(parameter)} ({parameter.source})\n"
        f"{f'- goes with {_goes_with(parameter)}{chr(10)}' if parameter.goes_with else ''}"
        f"- in Keras: {_in_keras(tuple(names))}\n"
    )


def _in_keras(names: tuple[str, ...]) -> str:
    return _listed(names) or "no counterpart"


def _values(parameter: HyperParameter) -> str:
    """What the hyper-parameter takes, with all of its choices."""
    choices = parameter.type.choices
    if parameter.type.expected.startswith("one of") and parameter.type.expected.endswith("…"):
        return "one of " + ", ".join(choices)
    return parameter.type.expected


def _goes_with(parameter: HyperParameter) -> str:
    """What must be written, or be so anyway, for the hyper-parameter to mean anything."""
    told = []
    for one in parameter.goes_with:
        values = [str(value).lower() if isinstance(value, bool) else str(value) for value in one.values]
        told.append(f"`{one.name}={', '.join(values)}`" if values else f"`{one.name}`")
    return " or ".join(told)


def _default(parameter: HyperParameter) -> str:
    if parameter.rule:
        return parameter.rule
    return str(parameter.default).lower() if isinstance(parameter.default, bool) else str(parameter.default)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
