"""Stock set aside for campaigns: what each has, what it sold, until when."""
