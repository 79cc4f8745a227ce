"""The phases of a year, and a whole world's run."""
