"""What a text could do, told without running it."""
