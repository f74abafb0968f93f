"""Attempts at constructing and calling a class, corrected after each error."""
