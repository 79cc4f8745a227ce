"""What a design shows, beyond its tables: each module answers one question of the debate from stored results.

A module that an experiment names under ``design.analysis`` has a function ``analyse(results) -> Finding``.
"""
