"""The commands. Each speaks to the HTTP door: of the running server, or of one opened inside the command."""
