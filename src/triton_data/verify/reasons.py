"""Why a candidate is not passed: the words that a Verdict and the funnel count.

`WRONG` are judgements of the candidate; `OPEN` say that nothing was proved, because of the reference or its inputs.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    # The candidate is wrong.
    WRONG_VALUES = "wrong_values"
    WRONG_SHAPE = "wrong_shape"
    WRONG_DTYPE = "wrong_dtype"
    WRONG_STRUCTURE = "wrong_structure"  # another number or nesting of outputs
    OUT_OF_BOUNDS = "out_of_bounds"
    UNINITIALISED_READ = "uninitialised_read"
    RACE = "race"
    MUTATED_INPUT = "mutated_input"
    ALIASED_OUTPUT = "aliased_output"  # a later call overwrites what an earlier one returned
    NONDETERMINISTIC = "nondeterministic_candidate"
    STATE_MISMATCH = "state_mismatch"  # its parameters are not those of the reference
    SIGNATURE = "signature"  # no such class or function, or other arguments
    CRASH = "crash"
    TIMEOUT = "timeout"
    # The candidate is not what it says.
    NOT_LAUNCHED = "not_launched"
    DECOY = "decoy"  # its kernels do not matter to its outputs
    TORCH_FALLBACK = "torch_fallback"
    TAMPERING = "tampering"
    # Nothing can be proved.
    INSENSITIVE = "insensitive"  # a constant, or its own input, would pass too
    UNSTABLE = "unstable"  # eager in the working type is nowhere near itself in float64
    RANDOM_REFERENCE = "nondeterministic"
    REFERENCE_FAILED = "reference_failed"
    UNSUPPORTED_INPUTS = "unsupported_inputs"
    UNSUPPORTED_OUTPUTS = "unsupported_outputs"
    TOO_LARGE = "too_large"
    SYNTAX = "syntax"


OPEN = frozenset(
    {
        Reason.INSENSITIVE,
        Reason.UNSTABLE,
        Reason.RANDOM_REFERENCE,
        Reason.REFERENCE_FAILED,
        Reason.UNSUPPORTED_INPUTS,
        Reason.UNSUPPORTED_OUTPUTS,
        Reason.TOO_LARGE,
    }
)
