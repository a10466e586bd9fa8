"""Step one: sign the old file."""
