"""Reads and checks the phrase and rule files."""
