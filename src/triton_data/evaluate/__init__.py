"""How good a model's answers are: read, compiled, and judged by the verifier."""
