"""Stage 3: combines the assertions of a report into one status per finding."""
