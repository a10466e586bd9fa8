"""The C library, bound with ctypes. Nothing outside this room knows a C type."""
