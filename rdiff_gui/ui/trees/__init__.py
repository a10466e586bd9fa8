"""Folders in the steps: what is told of them, and the list and the map of their files."""
