"""Croissant metadata: what machines read of a data set (MLCommons Croissant 1.0, https://docs.mlcommons.org/croissant)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cnngen.search.publishing.card import about, limitations
from cnngen.search.publishing.columns import NETWORKS, Column, Table
from cnngen.search.publishing.content import Content
from cnngen.search.publishing.files import csv_of

_FORMATS = {
    ".csv": "text/csv",
    ".jsonl": "application/jsonlines",
    ".parquet": "application/x-parquet",
    ".toml": "application/toml",
    ".zip": "application/zip",
    ".md": "text/markdown",
}
_TYPES = {"text": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "time": "sc:DateTime"}

#: What names of the vocabulary mean, as the specification has it.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(content: Content, digests: Mapping[str, str]) -> str:
    """The metadata as JSON-LD; `digests` are the SHA-256 of the files, by name."""
    publisher, ended = content.publisher, content.last_ended_utc
    told: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": content.specification.name,
        "description": about(content),
        "version": "1.0.0",
        "keywords": ["neural architecture search", "convolutional networks", "energy", "tabular benchmark"],
        "inLanguage": "en",
        "isLiveDataset": False,
        "datePublished": ended[:10] if ended else None,
        "license": publisher.license or None,
        "url": publisher.url or None,
        "creator": {"@type": "sc:Organization", "name": publisher.creator} if publisher.creator else None,
        "rai:dataCollection": "Each network was drawn from a grammar, trained by Keras and measured by CNNGen.",
        "rai:dataLimitations": limitations(content),
        "distribution": [_file(name, digest) for name, digest in sorted(digests.items())],
        "recordSet": [_records(table) for table, _ in content.tables()],
    }
    whole = {key: value for key, value in told.items() if value is not None}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _file(name: str, digest: str) -> dict[str, Any]:
    ending = name[name.rindex(".") :]
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "encodingFormat": _FORMATS[ending],
        "sha256": digest,
    }


def _records(table: Table) -> dict[str, Any]:
    key = {"trials": "id", "networks": "hash"}.get(table.name)
    records = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": f"A row is {table.row}.",
        "field": [_field(table, column) for column in table.columns],
    }
    return records | ({"key": {"@id": f"{table.name}/{key}"}} if key else {})


def _field(table: Table, column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.what,
        "dataType": _TYPES[column.kind],
        "source": {"fileObject": {"@id": csv_of(table)}, "extract": {"column": column.name}},
    }
    if column.name == "network_hash":
        field["references"] = {"field": {"@id": f"{NETWORKS.name}/hash"}}
    elif column.name == "id" and table.name != "trials":
        field["references"] = {"field": {"@id": "trials/id"}}
    return field
