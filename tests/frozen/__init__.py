"""The downloads themselves, where nothing of ours is installed; see docs/packaging.md."""
