"""One file per connected system. A connector does and reports; it never judges."""
