"""The settings as others read them: the schema of the VS Code extension, and a page for people."""

from __future__ import annotations

import json
from dataclasses import Field
from typing import Any

from cnngen.server.settings import SECTION, Option, kind_of, options, rule_of

_INTRODUCTION = """# Settings

Made from `server/settings.py` by `scripts/write-reference`.

In VS Code they stand in the settings under *CNNGen*. Other editors answer the server's request
`workspace/configuration` for the section `cnngen` with an object of the names below, such as
`{"country": "FRA", "codeLens": {"enable": false}}`.

A folder of the workspace may have its own, which count for its programs. Changes count at once. A value that does not
fit is reported once and left out; the others still count. In paths, `~`, `${workspaceFolder}` and `${userHome}` are
filled in.
"""

_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string"}


def schema() -> dict[str, Any]:
    """The properties of `contributes.configuration` in the extension's package.json."""
    shown = [(each, said) for each, said in options() if not said.internal]
    return {
        f"{SECTION}.{said.name}": _property(each, said) | {"order": order}
        for order, (each, said) in enumerate(shown, start=1)
    }


def _property(each: Field[Any], said: Option) -> dict[str, Any]:
    found: dict[str, Any] = {"type": _KINDS[kind_of(each)], "default": default_of(each, said), "scope": said.scope}
    if said.pattern:
        found["pattern"] = f"^({said.pattern})?$"
        found["patternErrorMessage"] = f"It must be {rule_of(each, said)}."
    bounds = {"minimum": said.minimum, "maximum": said.maximum}
    found |= {name: bound for name, bound in bounds.items() if bound is not None}
    return found | {"markdownDescription": said.text}


def default_of(each: Field[Any], said: Option) -> Any:
    """The default as it is shown; empty stands for "not set"."""
    if said.written_default is not None:
        return said.written_default
    return "" if each.default is None else each.default


def page() -> str:
    """docs/settings.md."""
    sections = [_INTRODUCTION]
    for each, said in options():
        if said.internal:
            continue
        default = json.dumps(default_of(each, said))
        facts = [f"Default: `{default}`."]
        if said.pattern or said.minimum is not None:
            facts.append(f"It must be {rule_of(each, said)}.")
        sections.append(f"## `{SECTION}.{said.name}`\n\n{said.text}\n\n{' '.join(facts)}\n")
    return "\n".join(sections)


def with_schema(package: str) -> str:
    """The text of a package.json, its schema written anew and the rest as it is."""
    head, mark, rest = package.partition('"configuration": {\n      "title": "CNNGen",\n      "properties": ')
    # The place of an object's end is what a reader of JSON tells.
    _, length = json.JSONDecoder().raw_decode(rest)
    written = json.dumps(schema(), indent=2, ensure_ascii=False).replace("\n", "\n      ")
    return head + mark + written + rest[length:]
