"""What colleagues share: consent and knowledge. Knows no platform and no model framework."""
