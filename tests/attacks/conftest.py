"""Attacks are made on a jail of their own: it is looked at from outside while they last."""

from tests.jail.conftest import own_jails as own_jails
