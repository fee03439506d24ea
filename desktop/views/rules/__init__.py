"""Automation: the list of rules, the sentence builder, trials and the run log."""
