"""Play the yearly round of two provinces."""

from flows.demo.yearly_round import main

main()
