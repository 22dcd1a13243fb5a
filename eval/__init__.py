"""Scores label files and labelers as the field does, and compares two.

The code lies in `eval/` of a checkout and is `labeler.eval` everywhere: a wheel holds it there, and in a checkout a
link leads there. Nothing heavy is imported before it is used.
"""
