"""The pure core: one folder a capsule, no technology in any of them."""
