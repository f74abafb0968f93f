"""The verbs that show a run: explain, show and report."""
