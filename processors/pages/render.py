"""Templates to HTML: all data is escaped, and a page runs only its own script."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


def write_page(path: Path, template: str, script: str = "", **values: object) -> None:
    """Write a page from a template that extends `base.html`, incrementally, so that values may be
    generators. `script` names the page's own script among the templates.

    Raises `OSError` if the file cannot be written.
    """
    from markupsafe import Markup

    source = (TEMPLATES / script).read_text(encoding="utf-8") if script else ""
    page = _environment().get_template(template)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(page.generate(policy=policy(source), script=Markup(source), **values))


def render(template: str, **values: object) -> Markup:
    """Render a part of a page, such as a drawing, that other templates insert unescaped."""
    from markupsafe import Markup

    return Markup(_environment().get_template(template).render(**values))


def policy(script: str) -> str:
    """The content security policy: images and audio in the page or in files next to it, no network,
    and only the given script.
    """
    allowed = "'none'"
    if script:
        digest = hashlib.sha256(script.encode()).digest()
        allowed = f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
    return (
        "default-src 'none'; img-src data:; media-src data: file: 'self'; "
        f"style-src 'unsafe-inline'; script-src {allowed}"
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["px"] = lambda pixels: f"{pixels:.1f}"
    return environment
