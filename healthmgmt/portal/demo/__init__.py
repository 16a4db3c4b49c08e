"""Invented people and the files that exam centres would send about them.

Pure: no Django, no database, no clock; the same seed and day give the same bytes.
`files.write` is the door.
"""
