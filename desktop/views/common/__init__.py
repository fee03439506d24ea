"""The widget kit every screen uses."""
