"""The first page, which asks what the user has."""
