"""Splits a report: sections, sentences, and white space normalised with an offset map."""
