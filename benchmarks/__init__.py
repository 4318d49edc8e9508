"""`make bench`: the product's speed beside its peers', on the same machine and the same data."""
