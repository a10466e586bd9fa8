"""Several files at once: a row for each piece of work, and one button for all."""
