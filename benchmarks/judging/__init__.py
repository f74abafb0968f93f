"""What judges the verifier: cheats, mutants of right kernels, and the loop that others verify with."""
