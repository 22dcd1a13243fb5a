"""The command line, thin: options in, calls to the rooms below, lines out."""
