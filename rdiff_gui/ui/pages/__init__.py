"""What the rail leads to. Pages show state and decide nothing."""
