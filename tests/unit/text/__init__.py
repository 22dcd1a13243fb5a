"""Tests of labeler.text; a package, so that its modules may have the names of those in other folders."""
