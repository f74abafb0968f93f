"""The verb generate: one module a kind of program, each found by its file's name."""
