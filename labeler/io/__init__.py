"""Reads reports and writes labels: the edges of the program."""
