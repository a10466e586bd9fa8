"""The manual page and the completions for shells, written from what the command line declares."""
