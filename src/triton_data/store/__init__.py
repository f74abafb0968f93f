"""One run on disk: the database, its shape, and the blobs beside it."""

from triton_data.store import lookup
from triton_data.store.store import Store

__all__ = ["Store", "lookup"]
