"""Why a graph that was wished for is not there. Counted, so the set is small."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    INFEASIBLE = "infeasible"  # proved: no graph can be so
    UNKNOWN = "unknown"  # none was found in the time that there was
    META = "wrong_shape"  # torch does not give the shapes that the table says
    FAILED = "failed"  # an exception in the small run
    NOT_FINITE = "not_finite"
    CONSTANT = "constant"  # an output does not depend on the inputs' values, or is one value everywhere
    NONDETERMINISTIC = "nondeterministic"
    SAME = "same_graph"  # of an earlier item, after renaming
