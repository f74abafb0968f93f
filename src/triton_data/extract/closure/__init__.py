"""What a definition needs, as one standalone file."""
