"""Which inputs a candidate is tried on."""
