"""What the product promises, checked; `make test` runs it all."""
