"""Settings: the shop, its people, this machine, the database and the audit trail."""
