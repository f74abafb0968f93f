"""PyTorch modules that a language model writes for drawn combinations of operators, validated before they are kept."""
