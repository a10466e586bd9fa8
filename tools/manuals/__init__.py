"""The manual page and the completions for shells, written from the command line's table."""

SELFTEST = "--selftest"
