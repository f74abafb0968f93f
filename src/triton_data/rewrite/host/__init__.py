"""Inductor's host code, `call(args)`, as the body of a forward."""
