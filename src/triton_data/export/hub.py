"""`--push`: a finished folder to the Hugging Face hub, by huggingface_hub.

In: a folder and owner/name. Out: the address. Not covered: making the dataset public; it is created private.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from triton_data.errors import MissingExtra, Misuse


def push(folder: Path, repository: str) -> str:
    if not folder.is_dir():
        raise Misuse(f"--push takes formats that are folders, such as parquet; {folder.name} is a file")
    try:
        hub: Any = importlib.import_module("huggingface_hub")
    except ImportError:
        raise MissingExtra("hub", "--push") from None
    client = hub.HfApi()
    try:
        client.create_repo(repository, repo_type="dataset", private=True, exist_ok=True)
        return str(client.upload_folder(folder_path=folder, repo_id=repository, repo_type="dataset"))
    except Exception as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise Misuse(
            f"could not push to {repository}: {first}; the files are in {folder}: `hf auth login`, then "
            f"`hf upload {repository} {folder} --repo-type dataset`"
        ) from error
