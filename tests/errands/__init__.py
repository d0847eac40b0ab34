"""A small application that exists only in the tests: the kernel is tried on it, without a word of the domain."""
