"""Fixtures of small designs for all tests of clusters."""

from designs import one_point_a_chunk

__all__ = ["one_point_a_chunk"]
