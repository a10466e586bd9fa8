"""What each step of the wizard decides, without a window."""
