"""HTML pages, each a file of its own that needs no network."""
