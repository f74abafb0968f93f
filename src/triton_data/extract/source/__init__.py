"""A repository as Python reads it: files, what they define, and what a name in them means."""
