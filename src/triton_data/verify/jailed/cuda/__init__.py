"""Running and timing a candidate on a CUDA device."""
