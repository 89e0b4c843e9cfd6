"""The story on real contacts: what happens in the world, who reviews, and the clockwork between them."""
