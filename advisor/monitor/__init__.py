"""What users' logs say of a model in use: outcomes, proxies, failure modes, what changes, and what to test next."""
