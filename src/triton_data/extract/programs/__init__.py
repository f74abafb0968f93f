"""A class becomes a Program."""
