"""Why a Capture did not become a Pair: every transform preserves meaning or declines with one of these."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    OUTPUT_CODE = "unknown_output_code"  # Inductor wrote something that kernel/emitted.py does not know
    HOST_CALL = "unknown_host_call"  # the host code calls something that has no standalone form
    HELPER = "unknown_helper"  # a triton_helpers function that the library does not have
    GRID = "unknown_grid"
    INPUTS = "unknown_inputs"  # a graph input that is neither argument, parameter nor buffer
    RESULT = "unknown_result"  # the program returns something that its graph did not make
    GRAPH_BREAKS = "graph_breaks"  # several graphs whose glue is not kept
    NO_KERNEL = "no_kernel"


class Declined(Exception):
    """Raised by a transform; the room turns it into a Drop that names the transform."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail
