"""The engine: sessions, batches, delivery, presence and deadlines. The only package with tasks, queues and
clocks.

May import `domain`, `wire`, `store` and `bus`, never `actions` or `web`. It decides nothing that `domain` could
decide."""
