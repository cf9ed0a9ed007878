"""The review room: where people decide on what was extracted. The only writer of the review tables."""
