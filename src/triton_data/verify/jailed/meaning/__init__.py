"""What a reference does with its inputs, seen when it runs: what the draws of protocol 2 are planned by."""
