"""What good data looks like: Great Expectations suites of received workbooks and of computed results."""
