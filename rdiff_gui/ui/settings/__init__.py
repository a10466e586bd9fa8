"""Colours, the desktop, and what this program is made of."""
