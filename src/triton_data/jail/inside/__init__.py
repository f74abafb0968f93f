"""What a task takes on before its first foreign line, and what then runs."""
