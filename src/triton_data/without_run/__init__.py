"""Verbs on bare files, with no run: people try a tool on one file first."""
