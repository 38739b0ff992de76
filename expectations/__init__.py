"""What good data looks like: Great Expectations suites."""
