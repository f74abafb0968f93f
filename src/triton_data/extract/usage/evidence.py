"""Names inside evidence, marked where an argument is made of a class: its home, or as a file calls it.

In: `Evidence` (wire.py). Out: the same with other names, or the classes that it refers to.
Not covered: gathering it (jailed/observe/observe.py).
"""

from __future__ import annotations

from collections.abc import Callable

from triton_data.extract.closure.closure import Closed
from triton_data.extract.programs.program_text import MARK
from triton_data.extract.source.repo import Key
from triton_data.extract.wire import Call, Evidence, InputSource


def renamed(entry: Evidence, rename: Callable[[str], str], source: InputSource) -> Evidence:
    """The same evidence with every marked name replaced; and who it is from."""

    def one(text: str) -> str:
        return MARK.sub(lambda found: f"⟦{rename(found[1])}⟧", text)

    def call(args: tuple[str, ...], kwargs: dict[str, str]) -> Call:
        return Call(tuple(map(one, args)), {key: one(value) for key, value in kwargs.items()})

    constructed = call(entry.init, entry.init_kw)
    calls = tuple(call(each.args, each.kwargs) for each in entry.calls)
    return Evidence(constructed.args, constructed.kwargs, calls, entry.call_failed, source)


def references(entry: Evidence) -> set[Key]:
    calls = [text for call in entry.calls for text in (*call.args, *call.kwargs.values())]
    found = [name for text in (*entry.init, *entry.init_kw.values(), *calls) for name in MARK.findall(text)]
    pairs = (name.partition("::") for name in found if "::" in name)
    return {(path, name) for path, _, name in pairs}


def local(name: str, closed: Closed) -> str:
    """As the file of `closed` calls it."""
    path, _, inner = name.partition("::")
    return closed.homes.get((path, inner), inner or path)
