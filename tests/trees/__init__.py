"""Folders: one delta for a tree."""
