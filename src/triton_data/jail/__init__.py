"""Code that we did not write runs only here.

    driver ─▶ keeper (small, restarts) ─▶ zygote (libraries loaded, forks) ─▶ jailed child, one per task
    worker: nanny ◀── facts ── zygote        ◀── one frame of claims, capped output ── child

In: a `Task` (a function of ours on data, or foreign text) and a `Policy`. Out: an `Outcome`: status, reason,
facts, claims. What the layers are and what they do not cover is in docs/security.md; the choice itself in
docs/decisions/004-own-jail.md.
"""

from triton_data.jail.doctor import layers_available, try_file
from triton_data.jail.frame import ErrorClaim, RawTensor
from triton_data.jail.handle import Jail
from triton_data.jail.outcome import Facts, Outcome
from triton_data.jail.outside.nanny import JailGone
from triton_data.jail.policy import COMPILE, FLOOR, GPU, PROFILES, RUN, Policy, Task, profile

__all__ = [
    "COMPILE",
    "FLOOR",
    "GPU",
    "PROFILES",
    "RUN",
    "ErrorClaim",
    "Facts",
    "Jail",
    "JailGone",
    "Outcome",
    "Policy",
    "RawTensor",
    "Task",
    "layers_available",
    "profile",
    "try_file",
]
