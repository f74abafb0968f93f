"""Change names in a piece of source and nothing else: not one blank, comment or quote.

In: the text of whole statements and an `Edit`. Out: the text with global names replaced where they are global
(libcst's scopes decide), imports of the own repository turned into what they stood for, some decorators left out; or a
SyntaxError where that is no Python any more.
Not covered: names inside strings, string annotations included.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from triton_data.extract.closure.edit import Edit


def rewrite(text: str, edit: Edit) -> str:
    chains, imports = tuple(sorted(edit.chains.items())), tuple(sorted(edit.imports.items()))
    return _rewritten(text, chains, imports, tuple(sorted(edit.drop_decorators)))


@lru_cache(maxsize=4096)  # a helper that many classes of a repository need changes in the same way in each
def _rewritten(
    text: str,
    chains: tuple[tuple[str, str], ...],
    imports: tuple[tuple[tuple[str, str], str], ...],
    decorators: tuple[str, ...],
) -> str:
    from triton_data.extract.closure.rewriter import rewritten  # a quarter of a second, and not every command renames

    new = rewritten(text, Edit(dict(chains), dict(imports), set(decorators)))
    ast.parse(new)  # slices that nothing was changed in need no check
    return new
