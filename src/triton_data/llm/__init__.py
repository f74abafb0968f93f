"""One way to ask a language model, whoever runs it."""
