"""Money in and back, by method and one by one."""
