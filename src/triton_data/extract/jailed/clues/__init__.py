"""What a class's own code and words say about its arguments."""
