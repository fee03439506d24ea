"""The shop's own rules: when … and … then … but …, declared once, asked of the database, done through the door."""
