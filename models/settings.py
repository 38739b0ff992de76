"""Settings of one installation, from the environment (CCHC_…)."""

import getpass
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What differs between machines, never between provinces.

    Attributes:
        province: the province folder to work on.
        database_url: SQLAlchemy address of the database; SQLite in the folder's var/ when unset.
        user: who is named in records of what was imported, approved and published; the login name when unset.
        workers: how many processes render documents side by side.
        host, port: where the Prefect server of `cchc serve` listens.
        trust_roots: file or folder of the certificates (and CRLs) that signatures are checked with; the province's
            trust/ when unset.
    """

    model_config = SettingsConfigDict(env_prefix="CCHC_", extra="ignore")

    province: Path | None = None
    database_url: str | None = None
    user: str | None = None
    workers: int = 2
    host: str = "127.0.0.1"
    port: int = 4200
    trust_roots: Path | None = None

    @property
    def acting_user(self) -> str:
        """The name written beside each record."""
        return self.user or getpass.getuser()


class KeySettings(BaseSettings):
    """Where one signing key is: a PKCS#12 file, or a PKCS#11 token. Secrets come from the environment or from files.

    Attributes:
        file: the PKCS#12 file (.p12, .pfx), with passphrase or passphrase_file.
        module: the token's PKCS#11 library, with pin or pin_file; token (label) or slot (index) choose one of several.
        certificate: label of certificate and key on the token.
        signer: id of the signer in province.yaml whose key it is; any signer when unset.
    """

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)

    file: Path | None = None
    passphrase: SecretStr | None = None
    passphrase_file: Path | None = None
    module: Path | None = None
    token: str | None = None
    slot: int | None = None
    certificate: str | None = None
    pin: SecretStr | None = None
    pin_file: Path | None = None
    signer: str | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is a key at all."""
        return self.file is not None or self.module is not None


class PersonKeySettings(KeySettings):
    """The key of the person who signs (CCHC_SIGN_PERSON_…)."""

    model_config = SettingsConfigDict(env_prefix="CCHC_SIGN_PERSON_")


class AgencyKeySettings(KeySettings):
    """The key of the agency (CCHC_SIGN_AGENCY_…)."""

    model_config = SettingsConfigDict(env_prefix="CCHC_SIGN_AGENCY_")


class SigningSettings(BaseSettings):
    """How decisions are signed (CCHC_SIGN_…); without keys they are published unsigned.

    Attributes:
        timestamp_url: an RFC 3161 time stamp server; PAdES B-T instead of B-B.
        long_term: whether certificates and revocation lists go into the file too (B-LT); needs the time stamp server.
    """

    model_config = SettingsConfigDict(env_prefix="CCHC_SIGN_", extra="ignore", hide_input_in_errors=True)

    person: KeySettings = Field(default_factory=PersonKeySettings)
    agency: KeySettings = Field(default_factory=AgencyKeySettings)
    timestamp_url: str | None = None
    long_term: bool = False

    @property
    def is_set(self) -> bool:
        """Whether anything is to be signed."""
        return self.person.is_set or self.agency.is_set


def var_folder(province: Path) -> Path:
    """Where a province's state lives: database, received files, drafts, publications."""
    return province / "var"
