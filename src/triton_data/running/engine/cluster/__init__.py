"""The engine `ray`: the same stages over as many machines as a Ray cluster has; nobody here but `connect` needs Ray."""
