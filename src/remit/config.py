"""The settings, read once from the environment (`REMIT_*`). A missing or wrong value names its key."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where Remit keeps its data and where it listens."""

    model_config = SettingsConfigDict(env_prefix="REMIT_", extra="ignore")

    data_dir: Path = Field(
        default=Path("remit-data"), description="The folder that holds the ledger, the keys and the sandbox CRM."
    )
    config_dir: Path = Field(
        default=Path("~/.config/remit"), description="The folder where `remit login` keeps who is signed in, for this user alone."
    )
    host: str = Field(default="127.0.0.1", description="The address `remit serve` listens on.")
    agent_key: SecretStr | None = Field(default=None, description="The agent key `remit propose` uses when none is given.")
    sandbox_quirks: str = Field(
        default="",
        description="What real systems do, switched on in the sandbox CRM, such as `delay_ms=200 lost_answer=10 stage_order`.",
    )
    keep_arguments_days: int | None = Field(
        default=None,
        ge=1,
        description="After how many days the arguments and reasons of what has ended are dropped.",
    )
    keep_images_days: int | None = Field(
        default=None,
        ge=1,
        description="After how many days the values before and after an effect are dropped; then it cannot be undone any more.",
    )
    keep_notes_days: int | None = Field(default=None, ge=1, description="After how many days people's notes are dropped.")
    link: str | None = Field(
        default=None,
        description="The address under which people reach Remit, for the link in a notice; that of `remit serve` otherwise.",
    )
    port: int = Field(default=8321, ge=0, le=65535, description="The port `remit serve` listens on; 0 takes a free one.")
