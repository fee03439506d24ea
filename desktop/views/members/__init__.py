"""Members: the list, one member's page, and the sheets that change them."""
