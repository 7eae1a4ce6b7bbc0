"""The benchmarks' own parts, with invented figures; and one real scenario, as small as possible. No figure is
asserted."""
