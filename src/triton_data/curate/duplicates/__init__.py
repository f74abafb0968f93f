"""Which texts are nearly the same."""
