"""Wakes the verbs whose time has come. It decides nothing."""
