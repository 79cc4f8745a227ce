"""Fixtures of small designs for all tests of the store."""

from designs import one_point_a_chunk, worked

__all__ = ["one_point_a_chunk", "worked"]
