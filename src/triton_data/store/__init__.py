"""One run on disk: the database, its shape, and the blobs beside it."""

from triton_data.store import lookup
from triton_data.store.store import Store

CURATED_WITH = "curated_with"  # meta: the settings of the newest decisions, as JSON

__all__ = ["CURATED_WITH", "Store", "lookup"]
