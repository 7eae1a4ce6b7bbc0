"""The benchmarks' own parts, on made-up figures; and one real scenario, as small as can be. No figure is asserted."""
