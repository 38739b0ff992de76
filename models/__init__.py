"""What there is. On the ground: numbers, findings, text, working days, units, settings; above, a folder a subject."""
