"""The verbs of the command line, by kind; cli.py puts them together."""
