"""Settings of the site; tools/build_site.py adds the lessons to a copy of this folder.

The notebooks are shown as they are saved: nothing is executed.
"""

import json
import sys
from pathlib import Path

from gan_helpers import __version__

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))

project = "Learn GANs by running them"
author = "The GAN course authors"
project_copyright = author
version = release = __version__
language = "en"

extensions = ["myst_nb", "term_links"]
templates_path = ["_templates"]
exclude_patterns = ["_static", "_templates", "extensions", "paper"]
nitpicky = True
nb_execution_mode = "off"
myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath", "substitution"]
myst_heading_anchors = 4
# Numbers that pages repeat, from the headers of the lessons: {{ l02.teaching }}.
myst_substitutions = json.loads((HERE / "numbers.json").read_text(encoding="utf-8"))

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["_static"]
html_extra_path = ["lab.html"]
html_css_files = ["course.css"]
html_js_files = [("wide.js", {"defer": "defer"})]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "navbar_persistent": [],
    "footer_content_items": ["copyright.html", "extra-footer.html"],
    "extra_footer": f"Version {release}. Text under CC BY 4.0, code under MIT.",
}
html_context = {"default_mode": "auto"}
mathjax_path = "mathjax/tex-chtml.js"
# Its menu would load more of MathJax, which the site does not have.
mathjax3_config = {"options": {"enableMenu": False}}
