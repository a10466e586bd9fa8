"""Files that are changed themselves."""
