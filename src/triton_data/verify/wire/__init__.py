"""What crosses the border between the judge and the jail."""
