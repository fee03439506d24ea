"""What one may ask: frozen rows, totals, charts."""
