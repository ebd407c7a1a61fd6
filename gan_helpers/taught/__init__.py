"""What lessons teach and later ones import, a module for each topic.

The modules are generated from the lessons' cells (CONTRIBUTING.md says how); edit the
lessons in notebooks/source, never these files.
"""
