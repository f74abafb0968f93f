"""Entries {python, triton, test} that are rendered from kernels written by hand."""
