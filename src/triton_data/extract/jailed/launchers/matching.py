"""Whether a value is what a kernel gave: the error between the two, and what counts as none.

In: two tensors. Out: the largest difference, in units of the output's own size, or None where they cannot be one
value. Not covered: a final judgement, which is the verifier's.
"""

from __future__ import annotations

import torch

# Kernels add up in another order; half precision rounds once more. What is beyond is another operation.
TOLERANCE = {torch.float64: 3e-5, torch.float32: 3e-5, torch.float16: 4e-3, torch.bfloat16: 3e-2}
NOISE = {torch.float64: 2e-7, torch.float32: 2e-7, torch.float16: 2e-4, torch.bfloat16: 2e-3}


def error(value: torch.Tensor, expected: torch.Tensor) -> float | None:
    """0 for equal ones; both have the expected shape and type."""
    if value.shape != expected.shape or value.dtype is not expected.dtype:
        return None
    if not expected.dtype.is_floating_point:
        return 0.0 if torch.equal(value, expected) else None
    one, other = value.double(), expected.double()
    finite = torch.isfinite(other)
    if not torch.equal(torch.isfinite(one), finite) or not bool(finite.any()):
        return None
    if not torch.equal(one[~finite].nan_to_num(0.5), other[~finite].nan_to_num(0.5)):
        return None
    one, other = one[finite], other[finite]
    size = float(other.square().mean().sqrt())
    difference = (one - other).abs()
    if size == 0:
        return 0.0 if float(difference.max()) == 0 else None
    # an entry may be off by its own size, and by the sums that made it
    return float((difference / (other.abs() + size)).max())


def near(value: torch.Tensor, expected: torch.Tensor) -> float | None:
    found = error(value, expected)
    return found if found is not None and found <= TOLERANCE.get(expected.dtype, 0.0) else None


def telling(output: torch.Tensor) -> bool:
    """Constants agree with too much."""
    return (output.numel() > 0 and bool((output != output.flatten()[0]).any())) or output.numel() == 1
