"""Checks, tries and scaffolds phrase files; runs the pipeline."""
