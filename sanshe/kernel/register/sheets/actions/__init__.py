"""The writers of imports: taking a sheet in, checking, writing, undoing."""
