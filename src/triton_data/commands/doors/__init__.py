"""What the scripts under triton-data/ do: the names users know, each one call of a room."""
