"""What people read: templates and style sheets; the only code here is their filters."""
