"""Speaks English, whatever the language of whoever runs the tests."""

import os

os.environ["LANGUAGE"] = "C"
