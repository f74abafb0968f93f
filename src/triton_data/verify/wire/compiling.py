"""The conversation with the compiler's task: which kernels were compiled, or why one was not.

In: the questions that the candidate was asked. Out: names with what each uses, or what the compiler says. Asked by
judge/pair.py, answered by jailed/compiling.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from triton_data.verify.wire.candidate import CandidateQuestion


@dataclass(frozen=True, slots=True)
class CompileQuestion:
    parts: tuple[CandidateQuestion, ...]


@dataclass(frozen=True, slots=True)
class CompileAnswer:
    kernels: tuple[str, ...] = ()  # name (what it uses: registers, local and shared memory of the target)
    refusal: str = ""  # the compiler's message, with the kernel's name
    call_error: str = ""  # why the candidate could not be called to the end, where the compiler is not to blame
