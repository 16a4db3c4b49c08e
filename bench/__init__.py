"""Speed beside what one would pick instead: ratios of one run on one machine, printed and never asserted."""
