"""Where entities are kept: one package a technology, all of them behind the same protocols."""
