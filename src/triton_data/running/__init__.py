"""How a stage is run: the one loop, the items it is given, progress, events, and the engines under it."""
