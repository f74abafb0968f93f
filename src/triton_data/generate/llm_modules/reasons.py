"""Why an answer is no module: the categories by which failures are counted, and which of them are worth another try.

In: nothing. Out: words, each with what a reader should know of it. Not covered: what a drop's detail says.
"""

from __future__ import annotations

from enum import StrEnum


class Category(StrEnum):
    NO_ANSWER = "no_answer"  # the server refused this question
    EMPTY = "empty"  # it said nothing
    REFUSED = "refused"  # the model would not
    NO_CODE = "no_code"  # words without a program
    TRUNCATED = "truncated"  # the answer was longer than it may be
    SYNTAX = "syntax"  # Python cannot read it
    FORM = "form"  # no class, no get_inputs, ...
    IMPORT = "import"  # it needs what is not there
    RUNTIME = "runtime"  # it raises
    SHAPE = "shape"  # it raises because sizes do not fit
    NO_TENSOR = "no_tensor"
    NOT_FINITE = "not_finite"
    DEGENERATE = "degenerate"  # constant, empty, or the same whatever goes in
    NONDETERMINISTIC = "nondeterministic"
    TOO_LARGE = "too_large"
    OUTPUT = "output"  # it prints without end
    TIMEOUT = "timeout"
    MEMORY = "memory"
    FORBIDDEN = "forbidden"  # it tried what the jail does not allow, or ended its process
    COMPILATION = "compilation"  # torch.compile's compiler raised
    NO_KERNEL = "no_kernel"  # it compiles, and holds no Triton kernel
    MISMATCH = "mismatch"  # eager and compiled say different things
    CONTAMINATION = "contamination"  # a benchmark's problem
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    UNPLACED = "unplaced"  # offline: no module could be composed


FINAL = frozenset({Category.NO_ANSWER, Category.REFUSED, Category.FORBIDDEN, Category.UNPLACED})  # not asked again
