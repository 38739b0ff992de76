"""Settings of one installation, from the environment (CCHC_…)."""

import contextlib
import getpass
import os
import stat
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_OWN_FOLDER = 0o700
_OF_OTHERS = 0o077
MANY_VAR = ".cchc"  # beside the folders of many provinces: the state of the server that serves them all


Addresses = Annotated[str, Field(pattern=r"^(https?://[^/\s,]+(,https?://[^/\s,]+)*)?$")]


class MailSecurity(StrEnum):
    """How the connection to the mail server is encrypted: not at all, after STARTTLS, or from the start."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Settings(BaseSettings):
    """What differs between machines, never between provinces.

    Attributes:
        province: the province folder to work on.
        database_url: SQLAlchemy address of the database; SQLite in the folder's var/ when unset.
        user: who is named in records of what was imported, approved and published; the login name when unset.
        workers: how many jobs are worked on side by side on this machine.
        inbox, outbox: where files come in and replies go out: a folder or any address that fsspec knows
            (`s3://…`); var/inbox and var/outbox when unset.
        store: the folder or address that all who work for the province reach, where received files and pieces of work
            lie; `{province}` in it as in `database_url`; var/ when unset.
        site: the folder that the results site is renewed in, where a web server of another account can read it;
            var/site when unset.
        inbox_quiet: a file younger than so many seconds may still be written and waits for the next run.
        patience: how many seconds one process waits for another that holds the database.
        task_runner: how Prefect runs what goes side by side: threads, processes, or a Dask cluster.
        host, port: where the Prefect server of `cchc serve` listens.
        addresses: other addresses under which it is reached, behind a reverse proxy, as `https://cchc.example`, with
            commas between them; requests to any other name, or from pages of any other, are refused.
        desk_host, desk_port: where the desk listens; desk_addresses as `addresses`.
        desk_idle: minutes after which a browser that does nothing is signed out.
        evidence_file: megabytes of the largest evidence file that is taken; evidence_sent: of all that is sent at once;
            evidence_unit: of all files of one unit in one round.
        clamd: where the virus scanner listens, `host:port` or the path of its socket; nothing is scanned when unset.
        desk_oidc_issuer: address of the province's OpenID Connect server; signing in there is off when unset.
        desk_oidc_client_id, desk_oidc_client_secret: what the desk is called there, and its secret where it has one.
        desk_oidc_claim: which of the server's claims is the login of the account.
        smtp_host: the mail server; mail is off when unset.
        smtp_port: its port; the usual one of the kind of encryption when unset.
        smtp_user, smtp_password: the account, where the server wants one.
        smtp_from, smtp_reply_to: the sender's address, and the one for answers where it is another.
        smtp_timeout: seconds to wait for the server, in each step.
        operator: addresses of whoever is told what fails by itself; the administrators of the desk when unset.
        provinces: the folder of province folders that one server and desk serve; one province alone when unset.
        runs: how many runs of all provinces work at the same time.
        trust_roots: file or folder of the certificates (and CRLs) that signatures are checked with; the province's
            trust/ when unset.
    """

    model_config = SettingsConfigDict(env_prefix="CCHC_", extra="ignore")

    province: Path | None = None
    database_url: str | None = None
    user: str | None = None
    workers: int = 2
    inbox: str | None = None
    outbox: str | None = None
    store: str | None = None
    site: Path | None = None
    inbox_quiet: float = 5
    patience: float = 30
    task_runner: Literal["threads", "processes", "dask"] = "threads"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 4200
    addresses: Addresses = ""
    desk_host: str = "127.0.0.1"
    desk_port: Annotated[int, Field(ge=1, le=65535)] = 4280
    desk_addresses: Addresses = ""
    desk_idle: Annotated[int, Field(ge=1, le=600)] = 30
    evidence_file: Annotated[int, Field(ge=1, le=60)] = 30
    evidence_sent: Annotated[int, Field(ge=1, le=500)] = 200
    evidence_unit: Annotated[int, Field(ge=1, le=100_000)] = 2000
    clamd: Annotated[str | None, Field(pattern=r"^(/.+|[^\s/]+:\d{1,5})$")] = None
    desk_oidc_issuer: str | None = None
    desk_oidc_client_id: str | None = None
    desk_oidc_client_secret: SecretStr | None = None
    desk_oidc_claim: str = "preferred_username"
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    smtp_security: MailSecurity = MailSecurity.STARTTLS
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: str | None = None
    smtp_reply_to: str | None = None
    smtp_timeout: Annotated[float, Field(gt=0, le=600)] = 20
    operator: str | None = None
    provinces: Path | None = None
    runs: Annotated[int, Field(ge=1, le=100)] = 4
    trust_roots: Path | None = None

    @property
    def acting_user(self) -> str:
        """The name written beside each record."""
        return self.user or getpass.getuser()


def named_addresses(addresses: str) -> tuple[str, ...]:
    """The addresses of a setting, the one that browsers are to use first."""
    return tuple(addresses.lower().split(",")) if addresses else ()


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


def make_var(province: Path) -> Path:
    """The folder of a province's state, made where it is missing; closed to other accounts, and so are its files.

    Raises:
        OSError: it cannot be made, or is open to others and belongs to another account.
    """
    var = var_folder(province)
    var.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
    if var.stat().st_mode & _OF_OTHERS:
        for path in sorted(var.rglob("*")):
            close_to_others(path)
        var.chmod(_OWN_FOLDER)
    return var


def close_to_others(path: Path) -> None:
    """Take from all other accounts what they may do with a file or folder; links and what is gone are passed over."""
    with contextlib.suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if mode & _OF_OTHERS and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~_OF_OTHERS)


def for_the_owner(path: str, flags: int) -> int:
    """An opener: a file that it makes can be read and written by this account alone."""
    return os.open(path, flags, 0o600)
