"""Small kernels over all of tl.*, whose answers on a GPU the interpreter is held to."""
