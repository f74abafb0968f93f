"""First guesses at arguments."""
