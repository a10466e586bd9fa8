"""Speaks English, whatever the language of whoever runs the tests, or one that is asked for."""

import os

os.environ["LANGUAGE"] = os.environ.get("RDIFF_GUI_TESTS_SPEAK", "C")
