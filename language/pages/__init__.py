"""The page of each diagnostic: what, why, wrong and right examples, what to do. One Markdown file a code.

The examples are tests: under each fault of a wrong one stand carets, the message and the titles of its fixes.
"""

from __future__ import annotations

from importlib.resources import files

from cnngen.language.diagnostics import Code


def page(code: Code) -> str:
    """The page of a code, as Markdown."""
    return files(__name__).joinpath(f"{code}.md").read_text("utf-8")


def title(code: Code) -> str:
    """What the code means, in a few words."""
    heading = page(code).partition("\n")[0]
    return heading.removeprefix(f"# {code}: ")
