"""Bytes in, facts out: what librsync's files say. Opens no file and knows no C."""
