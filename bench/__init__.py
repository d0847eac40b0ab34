"""Measuring: each figure beside a reference in the same run, printed as `name value`. See docs/performance.md."""
