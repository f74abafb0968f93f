"""How items are spread over processes: `local` here; a stage does not know which engine runs it."""
