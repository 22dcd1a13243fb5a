"""Stage 2: says what a sentence asserts of a mention."""
