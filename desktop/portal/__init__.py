"""Members' phones: the pages and calls of a sale, served inside the program."""
