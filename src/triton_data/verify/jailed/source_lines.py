"""Which line of the candidate's text is to blame: where it stood when a fault was noted, or where it raised.

In: the frames of now, or an exception. Out: 'line 12: ' and what stands there, or ''. Not covered: lines of a kernel
that runs on a device.
"""

from __future__ import annotations

import linecache
import sys
import types

NAMES = ("candidate.py", "alone.py")  # as reading/subject.py writes the texts


def of_now() -> str:
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.endswith(NAMES):
            return _said(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return ""


def of_error(error: BaseException) -> str:
    """The innermost, also where Triton wraps what a function of a kernel raises."""
    found = ""
    cause: BaseException | None = error
    while cause is not None:
        trace = cause.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename.endswith(NAMES):
                found = _said(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
            trace = trace.tb_next
        cause = cause.__cause__
    return found


def _said(path: str, line: int) -> str:
    text = linecache.getline(path, line).strip()
    return f"line {line}: {text[:100]}" if text else f"line {line}"
