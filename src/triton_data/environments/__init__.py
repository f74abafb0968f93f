"""What foreign code imports and is not here: read from its metadata, installed as wheels, seen by the jail alone."""

from triton_data.environments.environments import Environment, Environments, check, packages_of, shelf_of
from triton_data.environments.install import Limits, NotInstalled
from triton_data.environments.kept_locks import has_lock, keep_lock, lock_of, make_again

__all__ = [
    "Environment",
    "Environments",
    "Limits",
    "NotInstalled",
    "check",
    "has_lock",
    "keep_lock",
    "lock_of",
    "make_again",
    "packages_of",
    "shelf_of",
]
