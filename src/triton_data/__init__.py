"""Turn PyTorch code into verified (PyTorch, Triton) training data, and train on it."""

__version__ = "0.1.0"
