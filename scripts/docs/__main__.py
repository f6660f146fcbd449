"""Write the generated pages of ``docs/``; with ``--check`` list those that are out of date, and write nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.docs import errors, index, policy, resources

ROOT = Path(__file__).resolve().parents[2]
USAGE = "usage: python -m scripts.docs [--check]"
_NOTICE = "<!-- Written by `make docs` from the code. Edit the code, not this page. -->"


def pages() -> dict[str, str]:
    """Return every generated page, by its path below the checkout."""
    bodies = {
        "docs/resources/README.md": index.page(),
        **{f"docs/resources/{name}": body for name, body in resources.pages().items()},
        "docs/update-policy.md": policy.page(),
        "docs/errors.md": errors.page(),
    }
    return {path: f"{_NOTICE}\n\n{body.strip()}\n" for path, body in bodies.items()}


def stale(root: Path, generated: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each page that is missing, out of date or no longer generated."""
    for path, text in generated.items():
        file = root / path
        if not file.exists():
            yield f"{path} is missing; run `make docs`"
        elif file.read_text("utf-8") != text:
            yield f"{path} is out of date; run `make docs`"
    for file in sorted((root / "docs" / "resources").glob("*.md")):
        path = file.relative_to(root).as_posix()
        if path not in generated:
            yield f"{path} belongs to no resource type; delete it"


def write(root: Path, generated: Mapping[str, str]) -> Iterator[str]:
    """Write the pages; yield the paths of those that changed."""
    for path, text in generated.items():
        file = root / path
        if file.exists() and file.read_text("utf-8") == text:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        yield path


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Run; return the exit status."""
    match arguments:
        case []:
            lines = [f"wrote {path}" for path in write(root, pages())]
            status = 0
        case ["--check"]:
            lines = list(stale(root, pages()))
            status = 1 if lines else 0
        case _:
            lines, status = [USAGE], 2
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
