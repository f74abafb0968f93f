"""Modules by typed construction: what `model_name=offline` gives instead of a language model's answers."""
