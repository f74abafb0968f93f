"""Why a candidate is not passed: the words that a Verdict and the funnel count.

`WRONG` are judgements of the candidate; `OPEN` say that nothing was proved, because of the reference or its inputs.
"""

from __future__ import annotations

from enum import StrEnum

from triton_data.records import records


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
    NOT_COMPILED = "does_not_compile"
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
    NO_REFERENCE = records.NO_REFERENCE  # a kernel alone, clean in every check that needs none
    DEVICE_FAILED = "device_failed"
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
        Reason.NO_REFERENCE,
        Reason.DEVICE_FAILED,
    }
)

MEANING: dict[str, str] = {
    Reason.WRONG_VALUES: "an output is further from the float64 reference than eager's own error allows",
    Reason.WRONG_SHAPE: "an output has another shape than the reference's",
    Reason.WRONG_DTYPE: "an output has another type than the reference's",
    Reason.WRONG_STRUCTURE: "the outputs are other in number or nesting",
    Reason.OUT_OF_BOUNDS: "a kernel loads or stores outside of the tensor that its pointer belongs to",
    Reason.UNINITIALISED_READ: "a result depends on memory that nobody wrote",
    Reason.RACE: "two programs of one launch touch an element, and one of them changes it",
    Reason.MUTATED_INPUT: "an input or a weight is written that the reference leaves alone",
    Reason.ALIASED_OUTPUT: "a call returns memory that an earlier call returned",
    Reason.NONDETERMINISTIC: "the same inputs give other outputs the second time",
    Reason.STATE_MISMATCH: "the candidate's weights are not those of the reference, by name or by order",
    Reason.SIGNATURE: "there is no class or function that belongs to the reference's",
    Reason.NOT_COMPILED: "the compiler refuses a kernel, or no GPU of the target has room for it",
    Reason.CRASH: "the candidate raises, or its process dies",
    Reason.TIMEOUT: "the candidate takes too long",
    Reason.NOT_LAUNCHED: "no kernel is launched",
    Reason.DECOY: "the outputs are as right when the kernels do nothing",
    Reason.TORCH_FALLBACK: "torch computes what kernels should",
    Reason.TAMPERING: "it reaches for what no honest candidate needs, or memory changes and nobody was seen writing",
    Reason.INSENSITIVE: "zeros, a constant, an input or a coarser type would pass too: nothing is proved",
    Reason.UNSTABLE: "eager in its own type is nowhere near itself in float64: nothing is proved",
    Reason.RANDOM_REFERENCE: "the reference draws random numbers: nothing is proved",
    Reason.REFERENCE_FAILED: "the reference does not run",
    Reason.UNSUPPORTED_INPUTS: "the inputs hold objects that cannot be handed over as data",
    Reason.UNSUPPORTED_OUTPUTS: "the outputs hold no tensors, or objects that are not data",
    Reason.NO_REFERENCE: "clean in every check that needs no reference; whether its numbers are right is not known",
    Reason.TOO_LARGE: "inputs and weights are too large to be copied for each draw",
    Reason.DEVICE_FAILED: "the GPU stopped answering while it was asked",
    Reason.SYNTAX: "a text is not Python",
}
