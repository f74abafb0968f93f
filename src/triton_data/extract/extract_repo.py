"""Extract a whole repository: every Python file of it, in one order.

In: a `Repo`, the `Origin` of each of its files, and the probe that runs foreign code (in the jail; never here). Out:
Kernels, Programs, Pairs and Drops; what was found in a file and dropped is named `path:name`.
Without a probe nothing is executed: kernels are only cut out, and of the classes those become Programs whose file
gives inputs itself. Not covered: the store, the jail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from triton_data.extract.extract_file import Found, extract_file
from triton_data.extract.kernels.launcher_inputs import LauncherInputs
from triton_data.extract.programs.llm_inputs import Ask
from triton_data.extract.programs.programs import Programs
from triton_data.extract.references.expression import Expression
from triton_data.extract.source.gc_pause import one_repository
from triton_data.extract.source.lazy_names import resolved
from triton_data.extract.source.repo import Repo
from triton_data.extract.wire import Prober
from triton_data.records import Drop, Origin


def extract_repo(
    repo: Repo,
    origins: Mapping[str, Origin],
    probe: Prober | None,
    ask: Ask | None = None,
    expressions: tuple[Expression, ...] = (),
) -> Iterator[Found]:
    repo = resolved(repo)
    repo.licences = {path: origin.licence for path, origin in origins.items()}
    programs = Programs(repo, probe, ask)
    launchers = LauncherInputs(repo, probe, origins, expressions) if probe is not None else None
    with one_repository():
        for path in repo.python_files():
            for result in extract_file(repo, path, origins[path], programs, launchers):
                yield replace(result, part=f"{path}:{result.part}") if isinstance(result, Drop) else result
