"""Run a piece of usage once and note what it constructed, called and launched."""
