"""What is in stock, how long it lasts, what comes in and what is put right."""
