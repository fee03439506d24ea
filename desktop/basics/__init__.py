"""Words every room uses: money, clock, errors, languages, ids. Pure Python."""
