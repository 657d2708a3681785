"""What would remove a diagnostic: proposals, and which of them hold."""
