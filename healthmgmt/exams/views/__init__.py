"""Uploads in the browser: deliver, follow, mend, let in, undo."""
