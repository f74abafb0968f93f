"""A run as people see it: a folder of pages that opens from disk, and the story of one thing."""
