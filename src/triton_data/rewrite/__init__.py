"""Inductor's output code becomes a standalone Triton program that people can read, run and learn a style from."""
