"""Provenance: what a run depends on, and nothing that is secret."""

from __future__ import annotations

from cnngen.runtime.worker.provenance import environment


def test_variables_that_change_a_training_are_kept() -> None:
    kept = {"CUDA_VISIBLE_DEVICES": "0", "OMP_NUM_THREADS": "2", "TF_ENABLE_ONEDNN_OPTS": "1", "XLA_FLAGS": "-x"}
    assert environment(kept | {"HOME": "/home/somebody", "PATH": "/bin"}) == kept


def test_what_may_be_secret_never_gets_into_a_record() -> None:
    secret = {
        "TF_VAR_password": "x", "TF_TOKEN_app_terraform_io": "x", "TF_CLI_CONFIG_FILE": "/home/somebody/.terraformrc",
        "NVIDIA_API_KEY": "x", "KERAS_SECRET": "x", "CUDA_TOKEN": "x",
    }  # fmt: skip
    assert environment(secret) == {}
