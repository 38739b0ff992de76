"""Which province a folder is: the code and name in its province.yaml, as a database remembers the one it belongs to."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from models.codes import Code, Name
from models.province.yaml_files import load_model


class Identity(BaseModel):
    """A province's name and code as written."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Name
    code: Code | None = None

    def is_same_as(self, other: "Identity") -> bool:
        """Whether both are one province: by their codes, or by their names where one of them has no code."""
        if self.code and other.code:
            return self.code == other.code
        return self.name.casefold() == other.name.casefold()

    def __str__(self) -> str:
        return f"{self.name} ({self.code})" if self.code else self.name


def identity_of(folder: Path) -> Identity | None:
    """The province of a folder, None where province.yaml is missing or does not say it."""
    path = folder / "province.yaml"
    return load_model(path, path.name, Identity)[0] if path.is_file() else None
