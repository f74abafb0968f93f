"""What an error message says about the arguments that caused it."""
