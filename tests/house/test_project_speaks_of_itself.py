"""What is published speaks of the product, not of the place where it was made."""

import re
import tomllib
from pathlib import Path

from tests.house.house_plan import ROOT, project_files

SPOKEN = [  # one letter of each stands in brackets, so that this page does not find itself
    r"/wor[k]/",
    r"/roo[t]/",
    r"/op[t]/(pypi|wheels)",
    r"\bfar[m]-",
    r"\bissu[e] #?\d",
    r"\bsessio[n] #?\d",
    r"\.librar[y]/",
    r"\bpyp[i]\.org",
    r"pythonhoste[d]\.org",
    r"npmj[s]\.(org|com)",
    r"extra-inde[x]-url",
]
OUTSIDE = r"\.\./share[d]"


def _found(pattern: str, paths: list[Path]) -> list[str]:
    wanted = re.compile(pattern, re.IGNORECASE)
    lines = ((path, number, line) for path in paths for number, line in enumerate(_text(path).splitlines(), 1))
    return [f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}" for path, number, line in lines if wanted.search(line)]


def _text(path: Path) -> str:
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def test_no_file_speaks_of_the_workplace() -> None:
    assert not _found("|".join(SPOKEN), project_files())


def test_only_tests_look_outside_the_project() -> None:
    assert not _found(OUTSIDE, [path for path in project_files() if not path.is_relative_to(ROOT / "tests")])


def test_the_lock_holds_pins_and_nothing_else() -> None:
    pin = re.compile(r"[a-z0-9-]+==[0-9][\w.]*( ; [\w .'<>=!()]+)?")
    assert not [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not pin.fullmatch(line)]


def test_the_lock_pins_what_the_project_asks_for() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = settings["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values(), *settings["dependency-groups"].values()]
    asked = {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for group in groups for line in group}
    pinned = {line.split("==")[0] for line in (ROOT / "requirements.lock").read_text().splitlines()}
    assert asked <= pinned, "run `make lock`"
