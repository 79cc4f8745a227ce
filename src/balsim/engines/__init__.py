"""Two engines that run one set of rules: many worlds at once, and one world as a Mesa model."""
