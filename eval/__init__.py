"""Benchmark scripts; run them from a checkout, such as `python -m eval.benchmark`."""
