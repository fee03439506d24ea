"""Bills of payment providers as files: unpacked, read line by line, their columns found by their headings."""
