"""Functions that launch kernels: whether they run, and which expressions give what they give."""
