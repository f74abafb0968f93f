"""What runs inside of the jail."""
