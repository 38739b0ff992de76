"""The measured promises of the design: `make bench` prints what was measured beside what is promised."""
