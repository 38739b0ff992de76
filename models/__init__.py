"""What there is: tables, the criteria set, the scoring rules, the province folder, settings."""
