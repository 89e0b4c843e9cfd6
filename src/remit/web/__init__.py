"""The HTTP door: JSON for agents and people, one page for looking. It decides nothing."""
