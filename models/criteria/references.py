"""Where the law says it: the document and article that a component or a round follows, and when it is in force.

An absent reference is left out of every dump, so that what was frozen before there were any keeps its bytes and hash.
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.codes import Name


class LegalReference(BaseModel):
    """A document of the law or of the province, and an article of it.

    Attributes:
        from_: its first day in force; None: before anything of ours.
        to: its last day in force; None: it still is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    document: Name
    article: Name | None = None
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None

    def __str__(self) -> str:
        return f"{self.article} {self.document}" if self.article else self.document

    def out_of_force(self, day: date) -> str:
        """Why it is not in force on a day, in Vietnamese; "" where it is."""
        if self.from_ is not None and day < self.from_:
            return f"chưa có hiệu lực (từ {self.from_:%d/%m/%Y})"
        if self.to is not None and day > self.to:
            return f"đã hết hiệu lực (đến {self.to:%d/%m/%Y})"
        return ""


def _absent(reference: LegalReference | None) -> bool:
    return reference is None


OptionalReference = Annotated[LegalReference | None, Field(exclude_if=_absent)]
