"""Distances between capitals, and rivalry from what is known of a pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

EARTH_RADIUS = 6371.0  # km, mean


def great_circle(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Great-circle distances between N places (haversine formula).

    latitude, longitude : (N,) degrees
    Returns (N, N) km, symmetric with a zero diagonal.
    """
    phi, lam = np.radians(latitude), np.radians(longitude)
    half_lat = np.sin((phi[:, None] - phi[None, :]) / 2)
    half_lon = np.sin((lam[:, None] - lam[None, :]) / 2)
    haversine = half_lat * half_lat + (np.cos(phi)[:, None] * np.cos(phi)[None, :]) * (half_lon * half_lon)
    return 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(1.0, haversine)))


def hostility(strategic: np.ndarray, border: np.ndarray, strengths: Mapping[str, Any]) -> np.ndarray:
    """Rivalry [0–1] of pairs, from strategic rivalries and land borders (0 or 1, same shape).

    strengths : the scenario's `rivalry` section: what a strategic rivalry counts, and a border without one
    """
    neighbour = float(strengths["neighbour"]["value"]) * border
    return np.where(strategic > 0, float(strengths["strategic"]["value"]), neighbour)
