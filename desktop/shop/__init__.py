"""The one door: rights, transaction, audit and news happen here and nowhere else."""
