"""Generate: modules, graphs and entries that nobody wrote by hand; and the client that asks a language model."""
