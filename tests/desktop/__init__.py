"""The program on the user's desktop: tests of rdiff_gui/desktop."""
