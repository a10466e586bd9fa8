"""Hostile files: how they are made, and how what the engine does with them is judged."""
