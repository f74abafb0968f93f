"""One transform of a kernel a file. Each takes a `Kernel` and changes its syntax tree in place, or declines."""
