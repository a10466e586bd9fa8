"""What the pages for a signature, a delta and a patch have in common."""
