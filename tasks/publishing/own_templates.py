"""Documents from a province's own templates: filled in by a child process with limits, since a template is a program.

Ours are filled in here; a province without templates pays nothing. The HTML is the same either way.
"""

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

from models.findings import RefusedError, refusal
from tasks.reading.child import Limits
from tasks.reading.isolation import ChildFailedError, ChildFaultError, Failure, children
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import Document

TEMPLATES = "templates"
Documents = Callable[[PaperHead, Path | None], Sequence[Document]]
_LIMITS = Limits(cpu=60, wall=120, calls=20)
_MOST_NAMED = 5
_REMEDY = f"Sửa mẫu trong thư mục {TEMPLATES}/ của tỉnh"
_WHY = {
    Failure.DIED: "làm chương trình dừng đột ngột hoặc cho văn bản quá dài",
    Failure.TIME: "mất quá nhiều thời gian",
    Failure.MEMORY: "cần quá nhiều bộ nhớ",
}


class _Filled(NamedTuple):
    """What a child sends back, plain values only: the documents, or the template that is wrong, its line, and how."""

    documents: tuple[tuple[str, str, str, dict[str, bytes]], ...] = ()
    template: str = ""
    line: int = 0
    wrong: str = ""


def documents_of(documents: Documents, numbering: PaperHead, province: Path | None) -> Sequence[Document]:
    """The documents of a paper, from the province's own templates where it has any.

    Args:
        documents: what fills in the templates; a function of a module, or a partial of one, so that it can be sent.
        numbering: number, day and signer.
        province: the province folder; None where only our own templates count.

    Raises:
        RefusedError: a template is broken, reaches for what it may not, or does not come to an end.
        RenderingError: something cannot be drawn.
    """
    templates = None if province is None else province / TEMPLATES
    if templates is None or not templates.is_dir():
        return documents(numbering, None)
    try:
        call = children(_LIMITS, 1).submit(f"{__name__}:fill", documents, numbering, templates)
        filled = _Filled(*call.result())
    except ChildFailedError as failed:
        names = ", ".join(sorted(path.name for path in templates.iterdir())[:_MOST_NAMED])
        raise refusal(f"{TEMPLATES}/{names}", f"mẫu văn bản {_WHY[failed.failure]}", _REMEDY) from failed
    except ChildFaultError as fault:
        raise refused_template("", 0, str(fault).strip().splitlines()[-1]) from fault
    if filled.wrong:
        raise refused_template(filled.template, filled.line, filled.wrong)
    return [Document(*document) for document in filled.documents]


def refused_template(template: str, line: int, wrong: str) -> RefusedError:
    """A template that does not work: which, where, and how."""
    return refusal(f"{TEMPLATES}/{template or 'mẫu văn bản'}", f"mẫu văn bản có lỗi ({wrong})", _REMEDY, line)


def fill(documents: Documents, numbering: PaperHead, templates: Path) -> tuple[Any, ...]:
    """The child's side: every document as plain values, or what is wrong with a template, and in which line.

    Raises:
        Exception: a fault that no template of the province has part in.
    """
    try:
        made = documents(numbering, templates)
    except TemplateSyntaxError as error:
        return tuple(_Filled((), error.name or "", error.lineno, error.message or type(error).__name__))
    except MemoryError:
        raise
    except Exception as error:
        template, line = _line_of(error, templates)
        if not template and not isinstance(error, TemplateError):
            raise
        return tuple(_Filled((), template, line, _words_of(error)))
    return tuple(_Filled(tuple((paper.name, paper.title, paper.html, dict(paper.images)) for paper in made)))


def _words_of(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"không có mẫu “{error.name}”"
    return str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"


def _line_of(error: Exception, templates: Path) -> tuple[str, int]:
    """The template of the province, and its line, that was filled in when something went wrong; Jinja traces it."""
    places = ((Path(frame.filename), frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__))
    own = [(path.relative_to(templates).as_posix(), line) for path, line in places if path.is_relative_to(templates)]
    return own[-1] if own else ("", 0)
