"""Scores labels against gold: what `labeler evaluate`, `compare` and `export` need."""
