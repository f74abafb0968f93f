"""Files that trainers read, made from a run's records."""
