"""Where the judge's tasks run: jails and devices."""
