"""Programs that nobody wrote: graphs of one table of operators, templates, modules of a language model."""
