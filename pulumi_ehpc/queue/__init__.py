"""The queue: where jobs wait, and how compute nodes come and go for them."""
