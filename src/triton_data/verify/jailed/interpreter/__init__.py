"""Triton's interpreter, made exact and watchful: numbers as a GPU rounds them, every address checked."""
