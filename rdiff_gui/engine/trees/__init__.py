"""Whole folders: one signature, one delta for a tree."""
