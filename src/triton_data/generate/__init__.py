"""Programs without a web: graphs of one table of operators, templates, modules of a language model."""
