"""The list of orders and what is done with one."""
