"""Step three: make the new file from the old one and the delta."""
