"""What tools/package makes: one module for each kind of download, and what goes into them all."""
