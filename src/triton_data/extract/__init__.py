"""Extract: what a repository holds (find), what each thing needs (closure), what to feed it (inputs)."""
