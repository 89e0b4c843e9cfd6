"""Remit decides how much of an action a marketing AI agent may do alone, and moves that line on evidence."""
