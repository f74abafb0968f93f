"""The functions that the judge's tasks run in the jail, by name: the driver imports none of them.

In: nothing. Out: names as `jail.Task` takes them. tests/verify/judge/test_entries.py sees that each is there.
"""

REFERENCE = "triton_data.verify.jailed.reference:run"
CANDIDATE = "triton_data.verify.jailed.candidate:run"
KERNEL_INPUTS = "triton_data.verify.jailed.kernel_inputs:run"
GIVEN_SIZE = "triton_data.verify.jailed.interpreter.given_size:run"
COMPILING = "triton_data.verify.jailed.compiling:run"
CLOCK = "triton_data.verify.jailed.cuda.clock:run"
SANITIZED = "triton_data.verify.jailed.cuda.sanitized:run"
