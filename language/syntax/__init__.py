"""Text to syntax tree, whatever the text; faults in its structure are repaired and reported."""
