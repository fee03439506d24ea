"""The frame around the screens: bars, palette, sign-in, first start, help."""
