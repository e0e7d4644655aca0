"""What a chat platform is: events in, cards out. Knows no consent, no SQL and no model."""
