"""After-sales: cases that wait, what is to be done about each, and the papers of goods that come back."""
