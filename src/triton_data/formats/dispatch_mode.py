"""torch's mode for every operation, without the second that its first use costs.

In: a class with `__torch_dispatch__`. Out: one that Dynamo does not look into, as torch's own, but that does not import
Dynamo to say so: where nothing is compiled nobody looks. Not covered: modes for functions (TorchFunctionMode); those
import nothing.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode


class DispatchMode(TorchDispatchMode):  # type: ignore[misc]
    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """torch wraps what skips, and the wrapper's first call imports torch._dynamo. We wrap it ourselves."""
        return False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__torch_dispatch__" in cls.__dict__:
            _until_dynamo_is_there(cls, cls.__dict__["__torch_dispatch__"])


def _until_dynamo_is_there(kind: Any, plain: Any) -> None:
    @functools.wraps(plain)
    def called(*args: Any, **kwargs: Any) -> Any:
        disable = getattr(sys.modules.get("torch._dynamo"), "disable", None)  # not there yet while it is imported
        if disable is None:
            return plain(*args, **kwargs)
        kind.__torch_dispatch__ = disable(plain)
        return kind.__torch_dispatch__(*args, **kwargs)

    kind.__torch_dispatch__ = called
