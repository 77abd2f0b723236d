"""Results to pages: plain text, Rich, JSON."""
