"""Agents that ship with Remit. They speak through the SDK alone and have no privilege."""
