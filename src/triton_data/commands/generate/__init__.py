"""The kinds of `generate`, one file each."""
