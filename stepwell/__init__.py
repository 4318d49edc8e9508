"""Stepwell: an open-source learning platform, programmed first and clicked second."""

__version__ = "0.1.0"
