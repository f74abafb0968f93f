"""Of the second set of disguises: what is not found, and the neighbours that are flagged all the same, by name."""

from __future__ import annotations

NOT_FOUND = {
    "a convolution each channel",  # eight kernels of one channel: their weights are not those of one of eight
    "channels last, other sizes",  # its sizes are those of no other, and axes change places before a maximum
}
FLAGGED: set[str] = set()
