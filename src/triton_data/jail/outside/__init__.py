"""What watches a task, ends it and clears up after it; trusted, and never in the hands of one."""
