"""GitHub: searched in slices, looked up in batches, pinned by commit. Every request goes through `api.py`."""
