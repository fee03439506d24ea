"""Bringing files in: the wizard, and the imports there were."""
