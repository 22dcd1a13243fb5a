"""Tests of labeler.study; a package, so that its fixtures don't meet those of other folders."""
