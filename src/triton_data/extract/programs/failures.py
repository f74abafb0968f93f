"""What a failure in the jail means: one Drop, with a reason that can be counted.

In: the failure, and the closure that ran. Out: a Drop. Not covered: reasons found without running anything
(closure/closure.py).
"""

from __future__ import annotations

import re

from triton_data.extract.closure.closure import Closed
from triton_data.extract.reasons import Reason, needs
from triton_data.extract.wire import FailedAt, Failure
from triton_data.records import Drop

_REASONS = {
    FailedAt.IMPORT: Reason.IMPORT_FAILED,
    FailedAt.CONSTRUCT: Reason.CONSTRUCT_FAILED,
    FailedAt.FORWARD: Reason.FORWARD_FAILED,
    FailedAt.NO_TENSOR: Reason.NO_TENSOR,
    FailedAt.NOT_FINITE: Reason.NOT_FINITE,
    FailedAt.TIMEOUT: Reason.TIMEOUT,
    FailedAt.WORKER_DIED: Reason.WORKER_DIED,
}
_GPU = re.compile(
    r"0 active drivers|'torch.cpu' has no attribute|NVIDIA driver|not compiled with CUDA|CUDA (error|is not available)"
    r"|You need a GPU|[Nn]o devices? (was|were) detected|[Nn]o (torch )?accelerator"
    r"|Pointer argument .* cannot be accessed|Cannot access accelerator|No CUDA GPUs"
    r"|(requires?|[Oo]nly supports?) (a )?(CUDA|GPU)"
)
_ABSENT = re.compile(r"No module named '([\w.]+)'|'NoneType' object (?:is not callable|has no attribute)")

_ABSTRACT = re.compile(
    r"NotImplementedError:?[\s:]*$|NotImplementedError: (?i:.*(subclass|abstract))"
    r"|NotImplementedError: .*(must|should) (be )?(implement|overrid)"
    r"|.*missing the required \"forward\"|TypeError: Can't instantiate abstract class"
)
_ASKED_FOR = re.compile(r"(?s)(?:Import|ModuleNotFound)Error: .*?\bpip3? install (?:-\S+ )*[\"'`]?([A-Za-z][\w.-]*)")


def drop_of(failure: Failure, closed: Closed | None, part: str) -> Drop:
    error = failure.error
    absent = _ABSENT.search(error)
    if absent and absent[1]:
        return Drop(needs(absent[1].split(".")[0]), error, part)
    if to_install := _ASKED_FOR.match(error):
        return Drop(needs(to_install[1]), error, part)
    if closed is not None and (package := _imported_from(closed.text, failure.absent)):
        return Drop(needs(package), error, part)
    if absent and closed is not None and closed.needs:
        return Drop(needs(closed.needs[0]), error, part)
    if _GPU.search(error):
        return Drop(Reason.NEEDS_GPU, error, part)
    if _ABSTRACT.match(error):
        return Drop(Reason.ABSTRACT, error, part)
    return Drop(_REASONS[failure.at], error, part)


def _imported_from(text: str, name: str) -> str:
    """The package that a guarded import, `try: from package import name`, would take the name from."""
    found = re.search(rf"^\s*(?:from (\w+)[\w.]* import .*\b{name}\b|import ({name})\b)", text, re.M) if name else None
    return (found[1] or found[2]) if found else ""
