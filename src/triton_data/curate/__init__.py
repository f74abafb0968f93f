"""Curation: what is the same, what is in a benchmark, what may be used, and what is for training or for testing."""
