"""Which texts are a benchmark's problem."""
