"""The self-checkout: its own window with large buttons; nothing else of the desktop knows it."""
