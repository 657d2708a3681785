"""What a run was made of and made with, as rows of a table: data, settings, versions, hardware."""

from __future__ import annotations

from typing import Any

from cnngen.language import Training
from cnngen.language.words.training import TRAINING

Rows = list[tuple[str, Any]]

#: The row that tells images from others of the same name.
DIGEST = "SHA-256 of images and labels"


def surroundings(result: dict[str, Any], provenance: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Tables with a `title` and `rows` of `label` and `text`; a table without rows is left out."""
    found = provenance or {}
    tables = {
        "Data": _data(result),
        "Training": _training(result, found),
        "Software": _software(found),
        "Machine": _machine(result, found),
        "Meter": _meter(result),
    }
    told = [
        {
            "title": title,
            "rows": [{"label": label, "text": str(text)} for label, text in rows if text not in (None, "")],
        }
        for title, rows in tables.items()
    ]
    return [table for table in told if table["rows"]]


def _data(result: dict[str, Any]) -> Rows:
    data, training = result["data"], result["training"]
    shape = "×".join(str(extent) for extent in data["shape"] or ())
    rows: Rows = [("Data set", data["name"]), ("Images", shape), ("Classes", data["classes"])]
    if data["images_train"] is not None:
        split = f"{data['images_train']:,} to train, {data['images_validation']:,} to validate, "
        rows.append(("Split", f"{split}{data['images_test']:,} to test"))
    if training["test_split"] is not None and training["validation_split"] is not None:
        rows.append(
            (
                "How it was split",
                f"the whole set shuffled by the seed, {100 * training['test_split']:g} % of it kept for the test, "
                f"{100 * training['validation_split']:g} % of the rest for validation",
            )
        )
    return [*rows, (DIGEST, data["sha256"])]


def _training(result: dict[str, Any], provenance: dict[str, Any]) -> Rows:
    training = result["training"]
    labels = (
        ("optimizer", "Optimizer"), ("learning_rate", "Learning rate"), ("batch_size", "Batch size"),
        ("epochs", "Epochs"), ("loss", "Loss"), ("seed", "Seed"),
    )  # fmt: skip
    rows: Rows = [(label, training[key]) for key, label in labels]
    # The rest of what the program or an option says of the training, by its names there.
    usual = Training().resolved()
    told = {key for key, _ in labels} | {"jit_compile", "dtype_policy", "test_split", "validation_split"}
    rows += [
        (name, ", ".join(map(str, value)) if isinstance(value, list) else _text(value))
        for name in (known.name for known in TRAINING)
        if (value := training.get(name)) is not None and name not in told and value != usual.get(name)
    ]
    if training["jit_compile"] is not None:
        rows.append(("XLA (jit_compile)", "on" if training["jit_compile"] else "off"))
    if training["steps_per_execution"] is not None:
        rows.append(("Batches given to Keras at once", training["steps_per_execution"]))
    if training["deterministic"] is not None:
        rows.append(("Deterministic operations", "on" if training["deterministic"] else "off"))
    rows.append(("Precision", provenance.get("tensorflow", {}).get("dtype")))
    digests: Rows = [
        ("SHA-256 of the network", result["program"]["hash"]),
        ("SHA-256 of the weights", result["run"]["weights_sha256"]),
    ]
    return rows + digests


def _software(provenance: dict[str, Any]) -> Rows:
    python, packages = provenance.get("python", {}), provenance.get("packages", {})
    shown = [(name, version) for name, version in packages.items() if name not in ("all", "all_sha256")]
    rows: Rows = [("Python", python.get("version")), *shown] if python else shown
    settings = provenance.get("environment", {})
    told = ", ".join(f"{name}={value}" for name, value in settings.items())
    return [*rows, ("Environment", told), ("SHA-256 of all packages", packages.get("all_sha256"))]


def _machine(result: dict[str, Any], provenance: dict[str, Any]) -> Rows:
    machine = provenance.get("machine", {})
    forked = {True: "forked from one that had TensorFlow loaded", False: "started for this run"}
    rows: Rows = [("Trained on", result["run"]["device_name"])]
    if not machine:
        return rows if rows[0][1] else []
    virtual = ", a virtual machine" if machine.get("virtual") else ""
    threads = f"{machine.get('cores_usable')} of {machine.get('cores_logical')} threads"
    return [
        *rows,
        ("Processor", f"{machine.get('processor')}, {threads}"),
        ("GPU", machine.get("gpu")),
        ("Memory", f"{machine['ram_gb']:.1f} GB" if machine.get("ram_gb") else None),
        ("System", f"{machine.get('system')}{virtual}"),
        ("Process", forked.get(result["run"]["forked"])),
    ]


def _meter(result: dict[str, Any]) -> Rows:
    energy, carbon = result["energy"], result["carbon"]
    if not energy:
        return []
    counted = {"process": "this process", "machine": "the whole machine"}.get(energy["tracking_mode"])
    rows: Rows = [("Meter", f"{energy['meter']} {energy['meter_version'] or ''}".strip()), ("Counted", counted)]
    if carbon:
        rows += [
            ("Carbon intensity", f"{carbon['intensity_g_per_kwh']:.0f} g/kWh ({carbon['intensity_year']})"),
            ("Country", carbon["country_name"]),
            ("Source of the intensity", carbon["intensity_source"]),
        ]
    return rows


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
