"""What holds the house together: where things are, what may import what, and that weights match their cards."""

import ast
import graphlib
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {"__pycache__", "checkpoints", "node_modules"}  # beside everything that begins with a dot
STEMS = sorted(page.parent.name for page in ROOT.glob("pages/*/page.py") if page.parent.name != "home")
NETWORKS = {"backbone", "image_classifier"}  # trained here, without a page of their own: techniques stand on them
UNTRAINED = {"deep_dream", "style_transfer"}  # techniques that train nothing: they use such a network
CARDS = sorted((ROOT / "weights").glob("*.json"))
KINDS = (".weights.h5", ".arrays.npz", ".webp")  # the last: pictures that a network made
WEIGHTS = sorted(file for file in (ROOT / "weights").iterdir() if file.name.endswith(KINDS))


def files(*folders: str) -> Iterator[Path]:
    """Everything in the repository, or in some of its folders, that was written here."""
    for start in folders or (".",):
        for folder, inside, names in os.walk(ROOT / start):
            inside[:] = [name for name in inside if name not in NOT_OURS and not name.startswith(".")]
            yield from (Path(folder) / name for name in names)


def modules(*folders: str) -> list[Path]:
    found = [file for file in files(*folders) if file.suffix == ".py"]
    assert found
    return found


def imported(file: Path) -> set[str]:
    """The packages of all import statements in a file, also of those inside functions."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: say the whole name of what is imported"
            names.add(node.module.split(".")[0])
    return names


# --- where things are -------------------------------------------------------------------------


def test_there_are_techniques():
    assert "vae" in STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_every_technique_is_whole(stem):
    for part in (
        "pages/{}/page.py",
        "genmodels/{}/__init__.py",
        "training/{}.py",
        "benchmarks/{}.py",
        "tests/{}/test_page.py",
        "tests/{}/test_browser.py",
    ):
        if not (stem in UNTRAINED and part.startswith("training")):
            assert (ROOT / part.format(stem)).is_file(), part.format(stem)
    assert f'"pages/{stem}/page.py"' in (ROOT / "app.py").read_text(encoding="utf-8")
    assert f'"pages/{stem}/page.py"' in (ROOT / "pages/home/cards.py").read_text(encoding="utf-8")
    heading = rf"^##? .*\b{stem.replace('_', ' ?')}\b"
    assert re.search(heading, (ROOT / "benchmarks/README.md").read_text(encoding="utf-8"), re.I | re.M)


def test_every_training_has_its_technique():
    assert {file.stem for file in (ROOT / "training").glob("[!_]*.py")} <= set(STEMS) - UNTRAINED | NETWORKS


@pytest.mark.parametrize("stem", sorted(NETWORKS))
def test_every_shared_network_is_whole(stem):
    for part in ("genmodels/vision/{}.py", "training/{}.py", "tests/vision/test_{}.py"):
        assert (ROOT / part.format(stem)).is_file(), part.format(stem)


def test_no_page_lies_where_streamlit_runs_it_without_the_app():
    assert list((ROOT / "pages").glob("*.py")) == []


def test_the_documents_give_the_command_that_is_checked():
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (command,) = (line for line in run.splitlines() if line.startswith("python3 -m venv"))
    for document in ("README.md", "CONTRIBUTING.md"):
        assert command in (ROOT / document).read_text(encoding="utf-8").splitlines(), document


# --- what may import what ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("importer", "never"),
    [
        ("pages", {"tensorflow", "keras", "torch", "jax", "training", "benchmarks", "tests", "app"}),
        ("ui", {"tensorflow", "keras", "torch", "jax", "pages", "training", "benchmarks", "tests", "app"}),
        ("genmodels", {"streamlit", "ui", "pages", "training", "benchmarks", "tests", "app"}),
        ("training", {"streamlit", "ui", "pages", "benchmarks", "tests", "app"}),
    ],
)
def test_data_flows_one_way(importer, never):
    wrong = {str(file.relative_to(ROOT)): imported(file) & never for file in modules(importer)}
    assert {file: names for file, names in wrong.items() if names} == {}


def test_the_app_is_navigation_and_nothing_else():
    assert imported(ROOT / "app.py") == {"streamlit", "ui"}


def test_only_three_modules_know_of_pil():
    used = {file.name for file in modules("genmodels") if "PIL" in imported(file)}
    assert used == {"images.py", "dataset_format.py", "datasets.py"}


def test_nothing_is_pickled():
    for file in modules("genmodels", "ui", "pages", "training"):
        assert not imported(file) & {"pickle", "joblib", "dill", "shelve"}, file
        assert not re.search(r"allow_pickle\s*=\s*True|safe_mode\s*=\s*False", file.read_text(encoding="utf-8")), file


def test_what_pages_import_first_leaves_tensorflow_alone():
    shared = [
        *(ROOT / "genmodels").glob("[!_]*.py"),
        *(file for part in ("data", "jobs", "media") for file in (ROOT / "genmodels" / part).glob("[!_]*.py")),
    ]
    names = [str(file.relative_to(ROOT).with_suffix("")).replace("/", ".") for file in shared]
    names += ["genmodels.vae.latent_map", "genmodels.gan.training_history"]
    assert {"genmodels.media.images", "genmodels.jobs.job_queue", "genmodels.data.datasets"} <= set(names)
    script = f"import sys, {', '.join(names)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not {"tensorflow", "keras", "streamlit", "sklearn", "scipy"} & set(done.stdout.split())


def _module(file: Path) -> str:
    """Its dotted name; a package by its folder."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_imports_run_in_a_circle():
    """Imports inside functions count too; those for type checkers only do not."""
    names = {_module(file): file for file in modules("genmodels", "pages", "ui")}
    graph: dict[str, set[str]] = {}
    for name, file in names.items():
        graph[name] = set()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        typing = [
            node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        ]
        skipped = {id(each) for block in typing for each in ast.walk(block)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and id(node) not in skipped:
                graph[name] |= {f"{node.module}.{alias.name}" for alias in node.names} & set(names)
                graph[name] |= {node.module} & set(names)
            elif isinstance(node, ast.Import) and id(node) not in skipped:
                graph[name] |= {alias.name for alias in node.names} & set(names)
        graph[name] -= {name}
    sorter = graphlib.TopologicalSorter(graph)
    sorter.prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("top", ["genmodels", "pages", "ui", "training", "benchmarks", "tests", "docs"])
def test_a_folder_has_about_twenty_entries(top):
    for folder, inside, names in os.walk(ROOT / top):
        inside[:] = [name for name in inside if name not in NOT_OURS and not name.startswith(".")]
        entries = [name for name in (*inside, *names) if not name.startswith(("__init__", "."))]
        assert len(entries) <= 24, f"{folder}: {len(entries)} entries"


# --- weights ----------------------------------------------------------------------------------


@pytest.mark.parametrize("file", CARDS, ids=lambda file: file.stem)
def test_a_card_says_what_its_model_is(file):
    card = json.loads(file.read_text(encoding="utf-8"))
    assert card["name"] == file.stem
    for fact in ("data", "command", "seed", "epochs", "held_out"):
        assert card.get(fact) is not None, fact
    technique = max((stem for stem in {*STEMS, *NETWORKS} if file.stem.startswith(f"{stem}_")), key=len)
    assert card["command"].startswith(f"python -m training.{technique} ")
    assert isinstance(card["seed"], int) and card["epochs"] >= 1
    assert card["held_out"] and all(isinstance(value, (int, float)) for value in card["held_out"].values())
    for name, sha256 in card["sha256"].items():
        assert hashlib.sha256((file.parent / name).read_bytes()).hexdigest() == sha256, name


def test_every_weight_file_is_on_the_card_of_its_name():
    assert WEIGHTS
    for file in WEIGHTS:
        name = file.name.partition(".")[0]
        assert file.name.endswith((".arrays.npz", ".webp")) or file.name == f"{name}.weights.h5", file.name
        card = json.loads((file.parent / f"{name}.json").read_text(encoding="utf-8"))
        assert file.name in card["sha256"]


def test_the_weights_folder_holds_nothing_else():
    known = {file.name for file in (*CARDS, *WEIGHTS)} | {"README.md"}
    assert {file.name for file in (ROOT / "weights").iterdir()} == known


def test_the_table_of_weights_names_every_model():
    table = [line for line in (ROOT / "weights/README.md").read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    for card in CARDS:
        assert any(re.search(rf"\b{card.stem}\b", line) for line in table), card.stem


# --- what is not in here ----------------------------------------------------------------------


def test_no_file_is_large():
    assert [str(file) for file in files() if file.stat().st_size > 20_000_000] == []


def test_no_data_set_is_in_here():
    kinds = {".jpg", ".jpeg", ".gz", ".zip", ".tar", ".csv", ".parquet", ".pkl", ".pickle", ".keras", ".npy", ".bin"}
    assert [str(file) for file in files() if file.suffix.lower() in kinds] == []
    assert [str(file) for file in files() if file.suffix == ".npz" and file not in WEIGHTS] == []


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_every_requirement_has_a_range(name):
    lines = [
        line.split("#")[0].split(";")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    ]
    wanted = [line for line in lines if line and line != "-r ../requirements.txt"]
    assert wanted
    assert [line for line in wanted if not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?>=[\d.]+,<[\d.]+", line)] == []


def test_everything_imported_is_required():
    """By its name on the package registry; only what Streamlit itself needs may come with it."""
    registry = {"PIL": "pillow", "sklearn": "scikit-learn", "threadpoolctl": "scikit-learn"}
    registry |= {"skimage": "scikit-image", "scipy": "scikit-image"}
    registry |= {"h5py": "keras", "pandas": "streamlit", "jax": "keras"}  # JAX: only where Keras runs on it
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    required = set(re.findall(r"^([\w.-]+?)(?:-cpu)?>=", text, re.M)) | {"genmodels", "ui", "pages", "training"}
    for file in [ROOT / "app.py", *modules("genmodels", "ui", "pages", "training")]:
        outside = {registry.get(name, name).replace("_", "-") for name in imported(file) - sys.stdlib_module_names}
        assert outside <= required, file
