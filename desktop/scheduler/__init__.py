"""The clock as a user of the shop: an alarm that asks the database whose turn it is."""
