"""A kernel, the function that launches it, its inputs, and what a test compares it with."""
