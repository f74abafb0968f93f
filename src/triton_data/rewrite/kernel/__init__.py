"""One kernel of Inductor's output as people would write it."""
