"""What the packaged function costs, in counts that are the same on a busy machine: no test here looks at a clock."""
