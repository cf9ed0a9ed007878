"""What a run is told: flags, then environment ``UPPDRAG_*``, then ``uppdrag.toml``, then the values below."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

SETTINGS_FILE = "uppdrag.toml"

Engine = Literal["auto", "direct", "prefect", "dask"]


class WrongSettingsError(Exception):
    """A setting that cannot be used; the message names it and where it may stand."""


class Settings(BaseSettings):
    """All settings, checked. Sizes in MiB, times in seconds. Unknown keys in the file are an error, so that a slip is seen."""

    model_config = SettingsConfigDict(env_prefix="UPPDRAG_", toml_file=SETTINGS_FILE, extra="forbid", frozen=True)

    data: Path = Field(Path("data"), description="the folder that holds raw/ and processed/")
    db: Path | None = Field(None, description="the database; DATA/processed/uppdrag.db where it is not given")
    organisation: str | None = Field(None, description="the folder under rules/organisations whose bodies and abbreviations hold")
    engine: Engine = Field("auto", description="prefect runs batches as a flow, dask on a cluster; direct does without a server")
    cluster: str | None = Field(None, description="the Dask scheduler, tcp://host:port; a cluster of this machine's own where not given")
    workers: int = Field(0, ge=0, le=1024, description="worker processes; 0 is one for each core")
    batch: int = Field(32, ge=1, le=1000, description="documents in a batch: one task, one transaction")
    ocr: bool = Field(True, description="read pages without text through Tesseract, where it is installed")
    document_seconds: float = Field(180.0, gt=0, description="the longest one document may take, OCR apart")
    ocr_page_seconds: float = Field(30.0, gt=0, description="added to that for each page that needs OCR")
    document_mib: int = Field(3072, ge=64, description="the most memory one document may take, on top of what a worker has at rest")
    direct_files: int = Field(40, ge=0, description="engine auto runs direct up to this many new documents …")
    direct_mib: float = Field(20.0, ge=0, description="… and this many MiB of them together")

    @property
    def processed(self) -> Path:
        """The folder everything we write is under, unless ``db`` says otherwise."""
        return self.data / "processed"

    @property
    def database(self) -> Path:
        """The database file."""
        return self.db if self.db is not None else self.processed / "uppdrag.db"

    @property
    def cache(self) -> Path:
        """The folder of the reading cache and the extraction cache."""
        return self.processed / "cache"

    @property
    def worker_count(self) -> int:
        """Worker processes to start: as many as set, else one for each core this process may use."""
        return self.workers or len(os.sched_getaffinity(0))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then the environment, then the TOML file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**flags: Any) -> Settings:
    """The settings of this run. Flags that are None were not given.

    Raises :class:`WrongSettingsError` with a sentence for each value that cannot be used.
    """
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        slips = "; ".join(f"{'.'.join(map(str, slip['loc']))}: {slip['msg']}" for slip in error.errors())
        raise WrongSettingsError(f"A setting cannot be used ({slips}). See the flag, the variable UPPDRAG_… or {SETTINGS_FILE}.") from error
    except ValueError as error:  # the TOML file itself cannot be parsed
        raise WrongSettingsError(f"{SETTINGS_FILE} cannot be read: {error}") from error
