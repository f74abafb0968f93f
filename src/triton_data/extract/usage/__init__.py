"""Who shows how a class is constructed and called."""
