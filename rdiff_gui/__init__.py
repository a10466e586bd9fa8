"""Binary patches for people: signature, delta and patch over librsync."""

__version__ = "0.1.0"
