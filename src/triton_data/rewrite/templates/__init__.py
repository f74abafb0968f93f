"""Kernels that Inductor fills in from its templates, products and convolutions, as an expert writes them."""
