"""
Sphinx builds the documentation: `nox -s docs`.
"""

from importlib import metadata

project = "posgo"
author = "The posgo founders"
project_copyright = author
version = release = metadata.version("posgo")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"posgo {release}"

myst_enable_extensions = ["colon_fence", "deflist", "smartquotes"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
napoleon_numpy_docstring = False
napoleon_use_ivar = True

# Every reference to a name of ours must lead somewhere. Others' names would
# need their inventories from the network, which a build does not depend on.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!posgo\b).*"),
    # Signatures show type variables and private modules, which have no page.
    (r"py:.*", r"posgo\..*\.T(_co)?"),
    (r"py:.*", r"posgo\.(.*\.)?_.*"),
]
