"""What the jail runs: the reference, the candidate, the interpreter and the GPU."""
