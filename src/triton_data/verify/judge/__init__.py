"""The questions that a candidate is asked, in their order, and what follows from the answers."""
