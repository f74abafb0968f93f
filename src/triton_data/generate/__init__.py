"""Programs that nobody scraped: written by language models, built from constraints, made from templates."""
