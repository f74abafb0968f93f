"""Of the sets of disguises: what is not found, and the neighbours that are flagged all the same, by name."""

from __future__ import annotations

NOT_FOUND = {
    "second": {"a convolution each channel"},  # eight kernels of one channel: their weights are not those of eight
    "third": {"focal at other sizes"},  # four operators: so little counts only at the problem's own sizes
}
FLAGGED: dict[str, set[str]] = {"second": set(), "third": set()}
