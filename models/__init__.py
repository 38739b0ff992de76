"""What there is. On the ground: numbers, findings, text, working days, units, settings; above them a folder a subject."""
