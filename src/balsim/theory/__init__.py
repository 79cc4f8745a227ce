"""The equations, and nothing else: no Mesa, no Hydra, no tables. Each module is one section of the model."""
