"""Suites: the models that PyTorch's own Inductor benchmarks use, with random weights and nothing downloaded."""
