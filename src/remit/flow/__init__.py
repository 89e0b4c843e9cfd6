"""Verbs: load, ask the core, commit, schedule. They have no opinions and do not call each other."""
