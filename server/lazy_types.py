"""lsprotocol's classes, each finished when it is first used.

For each of its 554 classes attrs writes source code and compiles it: half of the time that a server took to start. A
session uses some sixty. So attrs is asked to finish a class when somebody looks at its fields or makes an instance, and
to leave out comparison and printing, which this server does with none.

This holds for lsprotocol as it is. Where it defines its classes in another way, it is imported as it always is, and
only the gain is lost.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress
from threading import RLock
from types import ModuleType
from typing import Any

import attrs

_TYPES = "lsprotocol.types"

#: What attrs adds to a class that the class is first asked for, by who makes an instance or by cattrs.
_FIRST_ASKED = ("__init__", "__attrs_attrs__")

# The thread of analyses may be the first to need a class, and the event loop at the same moment.
_lock = RLock()


def load() -> None:
    """Import `lsprotocol.types` that way; does nothing where it is imported already."""
    if _TYPES in sys.modules:
        return
    define = attrs.define
    attrs.define = _unfinished  # type: ignore[assignment]
    try:
        importlib.import_module(_TYPES)
    except Exception:  # whatever another lsprotocol does with it
        sys.modules.pop(_TYPES, None)
    finally:
        attrs.define = define
    if not _works(importlib.import_module(_TYPES)):
        for name in [name for name in sys.modules if name.partition(".")[0] == "lsprotocol"]:
            del sys.modules[name]
        importlib.import_module(_TYPES)


def _works(types: ModuleType) -> bool:
    """Whether its classes have been left unfinished, all of them, and can be finished."""
    try:
        classes = [cls for cls in types.ALL_TYPES_MAP.values() if "__init__" in getattr(cls, "__dict__", ())]
        unfinished = all(isinstance(vars(cls)["__init__"], _Unfinished) for cls in classes)
        place = types.Position(line=1, character=2)
    except Exception:
        return False
    if not unfinished:
        return False
    with suppress(ImportError):
        # The names in the annotations of a class are looked up when it is finished. Where another lsprotocol does not
        # know this flag, it looks at all classes, and so they are all finished.
        hooks: Any = importlib.import_module("lsprotocol._hooks")
        hooks._resolved_forward_references = True
    return bool((place.line, place.character) == (1, 2))


class _Unfinished:
    """Stands in a class for what attrs would have put there."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        _finish(owner)
        return getattr(owner if instance is None else instance, self._name)


def _unfinished(cls: type) -> type:
    """What takes the place of `attrs.define`."""
    for name in _FIRST_ASKED:
        setattr(cls, name, _Unfinished(name))
    return cls


def _finish(cls: type) -> None:
    from lsprotocol.types import ALL_TYPES_MAP

    with _lock:
        if not isinstance(cls.__dict__["__init__"], _Unfinished):
            return
        # Without slots it stays the same class, to which others refer.
        attrs.define(cls, init=True, slots=False, eq=False, repr=False)
        attrs.resolve_types(cls, ALL_TYPES_MAP, {})
