"""Wrong on purpose: a correct Triton file, broken in one place at a time, to see whether a verifier notices."""

from mutants.mutate import OPERATORS, Mutant, mutants

__all__ = ["OPERATORS", "Mutant", "mutants"]
