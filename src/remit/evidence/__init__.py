"""Statistics that decide when autonomy is earned and lost. Pure Python, and a stranger to the rest of the house."""
