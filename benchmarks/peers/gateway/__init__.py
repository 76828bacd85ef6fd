"""What gateways are given: the same functions to each, and what each wants to know beside them."""
