"""What foreign code imports and is not here: read from its metadata, installed as wheels, seen by the jail alone."""

from triton_data.environments.environments import Environment, Environments, Limits, check, packages_of, shelf_of

__all__ = ["Environment", "Environments", "Limits", "check", "packages_of", "shelf_of"]
