"""Takes code out of the pages in docs/, and puts it into files that can be run."""

import re
import sys
from pathlib import Path


def blocks(page: Path, language: str) -> str:
    """All code of a page in a language, in its order."""
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL))


def main(docs: Path, service: str, accounts: Path) -> None:
    """Writes the front end of docs/front-ends.md for a service and its accounts, and what docs/webhooks.md says to receivers."""
    front_end = blocks(docs / "front-ends.md", "js")
    password = re.findall(r"^aisha@brightline.example (\S+)", accounts.read_text(), re.MULTILINE)[0]
    for written, meant in {"http://127.0.0.1:8080": service, "the password in data/demo-accounts.txt": password}.items():
        if front_end.count(written) != 1:
            raise SystemExit(f"docs/front-ends.md names {written!r} {front_end.count(written)} times in its code")
        front_end = front_end.replace(written, meant)
    Path("front-end.mjs").write_text(front_end)
    Path("verify.mjs").write_text(blocks(docs / "webhooks.md", "js"))
    Path("verify.py").write_text(blocks(docs / "webhooks.md", "python"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
