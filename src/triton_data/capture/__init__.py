"""Capture: what TorchInductor would emit for a Program on a GPU, on a machine that has none."""
