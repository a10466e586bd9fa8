"""Step two: compare the new file with the old one, or with its signature."""
