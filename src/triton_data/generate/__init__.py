"""Programs without a web: made by us, from templates, graphs or a language model."""
