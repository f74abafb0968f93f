"""Which third-party modules this environment has, asked without importing any of them.

`packages` is one more folder that comes last on the path, as it does in the jail; '' where there is none.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
import sys
from functools import cache
from pathlib import Path


def available(module: str, attribute: str, packages: str = "") -> bool:
    """For Triton, whose names come and go with its versions, the name as well as the module."""
    versioned = attribute and module.split(".")[0] == "triton"
    return _module_available(module, packages) and (not versioned or _mentions(module, attribute, packages))


def provides(module: str, name: str, packages: str = "") -> bool:
    """Whether `from module import name` (name may be '') would find an installed package."""
    return _module_available(module, packages) and (not name or _mentions(module, name, packages))


@cache
def _mentions(dotted: str, name: str, packages: str) -> bool:
    """Whether a module of an installed package has the word in it; where its text is not to be had, yes."""
    package, *rest = dotted.split(".")
    folder = folder_of(package, packages)
    stem = folder.joinpath(*rest) if folder is not None else None
    for path in (stem / "__init__.py", stem.with_suffix(".py")) if stem is not None else ():
        if path.is_file():
            text = path.read_text("utf-8", "replace")
            inside = path.name == "__init__.py" and bool(list(path.parent.glob(f"{name}*")))
            return inside or "import *" in text or re.search(rf"\b{re.escape(name)}\b", text) is not None
    return True


@cache
def _module_available(dotted: str, packages: str) -> bool:
    top, *rest = dotted.split(".")
    if top in sys.stdlib_module_names:
        return True
    spec = _spec(top, packages)
    return spec is not None and _has_submodule(spec, rest)


def _spec(top: str, packages: str) -> importlib.machinery.ModuleSpec | None:
    try:
        found = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if found is None and packages:
        found = importlib.machinery.PathFinder.find_spec(top, [packages])
    return found


def _has_submodule(spec: importlib.machinery.ModuleSpec, parts: list[str]) -> bool:
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    for n, part in enumerate(parts):
        if n == 0 and not folders:
            return not spec.origin or not spec.origin.endswith(".py")  # an extension may make submodules
        deeper = [folder / part for folder in folders if (folder / part).is_dir()]
        files = [f for folder in folders for f in folder.glob(f"{part}.*")]
        if not deeper and not files:
            # made at import time, as torch.ops, torch.classes and six.moves are
            return spec.name in ("torch", "six") and n == 0
        folders = deeper
    return True


def folder_of(package: str, packages: str = "") -> Path | None:
    spec = _spec(package, packages)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(folders[0]) if folders else None
