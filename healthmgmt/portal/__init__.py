"""Home pages, pages that join rooms, and the demonstration. No models."""
