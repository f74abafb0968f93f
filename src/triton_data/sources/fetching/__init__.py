"""The bytes of one pinned repository, package or folder, within limits."""
