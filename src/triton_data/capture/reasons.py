"""Why a Program did not become a Capture: the values of `Drop.reason` in this room, and nothing else."""

from __future__ import annotations

from enum import StrEnum

from triton_data.records import Drop


class Reason(StrEnum):
    TEXT = "program_text"  # the text does not run, or has no such entry
    BUILD = "program_build"  # its constructor or get_inputs raised
    RUN = "program_run"  # its forward raises in eager too, or no graph could be traced
    LOWER = "lowering"  # Inductor raised, here and perhaps only here
    NO_TRITON = "no_triton"  # all went well and the graphs hold no Triton kernel
    TOO_LARGE = "too_large"  # neither fits as real tensors nor can be traced on fake ones
    COMPILE = "kernel_compile"  # Triton or ptxas refused a kernel
    LAUNCH = "kernel_launch_unknown"  # no configuration could be read from the kernel's decorator


def dropped(reason: Reason, detail: str = "", part: str = "") -> Drop:
    return Drop(str(reason), detail, part)


def one_line(error: BaseException, limit: int = 500) -> str:
    """The exception as a Drop's detail: its type and the first line that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:limit]
