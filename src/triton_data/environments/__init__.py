"""What foreign code imports and is not here: read from its metadata, installed as wheels, seen by the jail alone."""

from triton_data.environments.environments import Environment, Environments, check, packages_of, shelf_of
from triton_data.environments.install import Limits

__all__ = ["Environment", "Environments", "Limits", "check", "packages_of", "shelf_of"]
