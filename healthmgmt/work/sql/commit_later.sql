-- This transaction is safe on disk when the next one is that does not say so: whoever comes back after a crash in between finds
-- it undone as a whole, and its progress with it.
SET LOCAL synchronous_commit TO off
