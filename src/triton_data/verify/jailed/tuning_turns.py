"""What stands in for Triton's autotuner where nothing is timed: the configurations of a list take turns.

In: the tuner, a launch's arguments, and whose turn it is. Out: what the launch returns, with a configuration that the
device takes. Not covered: the interpreter's launches (jailed/interpreter/install.py), which any configuration suits.
"""

from __future__ import annotations

from typing import Any

from triton.compiler.errors import CompileTimeAssertionFailure
from triton.runtime.errors import OutOfResources, PTXASError

CONFIGS = 4  # of a list are tried, one a draw: each is a compilation
PASSED_OVER = (OutOfResources, CompileTimeAssertionFailure, PTXASError)  # by Triton's autotuner as well


def tuned(tuner: Any, args: tuple[Any, ...], kwargs: dict[str, Any], turn: int) -> Any:
    tuner.nargs = dict(zip(tuner.arg_names, args, strict=False))
    pruned = tuner.prune_configs(kwargs) if len(tuner.configs) > 1 else tuner.configs
    first = turn % min(CONFIGS, len(pruned))
    for config in [*pruned[first:], *pruned[:first]]:
        full = {**tuner.nargs, **kwargs, **config.all_kwargs()}
        if len(tuner.configs) > 1:
            tuner.pre_hook(full, reset_only=True)
        if config.pre_hook is not None:
            config.pre_hook(full)
        try:
            tuner.best_config = config
            return tuner.fn.run(*args, **kwargs, **config.all_kwargs())
        except PASSED_OVER:
            if config is pruned[first - 1]:
                raise
    return None
