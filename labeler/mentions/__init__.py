"""Stage 1: finds the places where a text names a finding."""
