"""What all commands share: the program itself, options, the chosen province, settings, printed findings."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.findings import Act

if TYPE_CHECKING:
    from models.findings import Finding
    from models.progress.periods import Period
    from models.province.folder import Province
    from models.records.storage import Storage
    from models.settings import Settings, SigningSettings
    from tasks.editing.changing import CheckedChanges
    from tasks.publishing.gate import GatePoint
    from tasks.site.issuing import Issued

app = typer.Typer(
    name="cchc",
    help="Chỉ số cải cách hành chính (CCHC) của một tỉnh: từ tự đánh giá đến quyết định công bố.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


Year = Annotated[int, typer.Argument(help="Năm của chỉ số, ví dụ 2025", min=2000, max=2100)]
PeriodText = Annotated[str, typer.Argument(metavar="KỲ", help="Kỳ báo cáo: 2025-03, 2025-Q1, 2025-6M, 2025-9M, 2025")]
SignerId = Annotated[str | None, typer.Option("--signer", help="Mã người ký trong province.yaml")]
Json = Annotated[bool, typer.Option("--json", help="In JSON cho phần mềm khác")]


@dataclass
class _Chosen:
    """What the options before the command say."""

    province: Path | None = None


chosen = _Chosen()


@app.callback()
def options(
    province: Annotated[
        Path | None, typer.Option("--province", "-p", help="Thư mục tỉnh (hoặc đặt biến CCHC_PROVINCE)")
    ] = None,
) -> None:
    """Chỉ số cải cách hành chính (CCHC) của một tỉnh: từ tự đánh giá đến quyết định công bố."""
    chosen.province = province


def machine_settings() -> "Settings":
    """The settings of this machine, each checked."""
    from models.settings import Settings

    with _checked_settings("CCHC_"):
        return Settings()


def signing_settings() -> "SigningSettings":
    """Where the keys are, each setting checked."""
    from models.settings import SigningSettings

    with _checked_settings("CCHC_SIGN_…"):
        return SigningSettings()


@contextmanager
def _checked_settings(prefix: str) -> Iterator[None]:
    """A faulty variable is wrong usage; its value is not repeated, it may be a secret."""
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as error:
        names = ", ".join(f"{prefix}{str(fault['loc'][0]).upper()}" for fault in error.errors())
        raise typer.BadParameter("giá trị của biến môi trường không hợp lệ", param_hint=names) from None


def default_province() -> Path | None:
    """The province folder of the settings."""
    return machine_settings().province


def province_folder() -> Path:
    """The province folder that was chosen by option or setting."""
    folder = chosen.province or default_province()
    if folder is None:
        raise typer.BadParameter("chưa chỉ thư mục tỉnh; dùng --province hoặc CCHC_PROVINCE", param_hint="--province")
    if not folder.is_dir():
        raise typer.BadParameter(f"không có thư mục {folder}", param_hint="--province")
    return folder.resolve()


def opened(*, receiving: bool = False) -> "tuple[Province, Storage]":
    """The checked province and its database; `receiving` as for `load_province`."""
    from models.province.folder import load_province
    from models.records.storage import open_storage

    province = load_province(province_folder(), receiving=receiving)
    return province, open_storage(province.folder, machine_settings())


def now() -> datetime:
    """This moment in Vietnam."""
    from models.working_days import VIETNAM

    return datetime.now(VIETNAM)


def today() -> date:
    """Today in Vietnam."""
    return now().date()


def print_data(document: object) -> None:
    """What `--json` asks for, for other software."""
    import json

    typer.echo(json.dumps(document, ensure_ascii=False, indent=1))


def named_period(text: str) -> "Period":
    """The period that an argument names; another text is wrong usage."""
    from models.progress.periods import UnreadablePeriodError, read_period

    try:
        return read_period(text)
    except UnreadablePeriodError as unreadable:
        raise typer.BadParameter(str(unreadable), param_hint="KỲ") from None


def named_day(text: str) -> date:
    """The day that an option names; another text is wrong usage."""
    from models.criteria.facts import read_date

    try:
        return read_date(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” không phải là ngày; ghi dạng 2026-02-15", param_hint="--date") from None


COMMANDS = {
    Act.INIT: "cchc init",
    Act.RENAME_PROVINCE: "cchc init --renamed",
    Act.IMPORT: "cchc intake, cchc import",
    Act.MONTH_FORMS: "cchc forms monthly THÁNG --out DIR",
    Act.EVALUATE: "cchc evaluate {}",
    Act.DRAFT: "cchc draft {} --out DIR",
    Act.PUBLISH: "cchc publish {}",
    Act.ACCEPT: '--accept "{}: LÝ DO" --approved-by "HỌ TÊN, CHỨC VỤ"',
    Act.DRAFT_REPORT: "cchc monthly {} --out DIR",
    Act.PUBLISH_REPORT: "cchc monthly {} --number SỐ --date NGÀY --out DIR",
    Act.STATUS: "cchc status {}",
    Act.PROGRESS: "cchc progress {}",
    Act.SITE: "cchc site --out DIR",
    Act.SERVE: "cchc serve",
}


def with_command(finding: "Finding") -> str:
    """A finding as the command line says it: with the command that does what the remedy asks for."""
    if finding.action is None:
        return str(finding)
    command = COMMANDS[finding.action.act].format(finding.action.subject).replace("  ", " ").strip()
    return f"{str(finding).removesuffix('.')}: {command}"


def print_findings(findings: "list[Finding] | tuple[Finding, ...]") -> None:
    """Every finding in a line of its own, beside the output."""
    for finding in findings:
        typer.echo(with_command(finding), err=True)


def print_gate(points: "Sequence[GatePoint]") -> None:
    """What a signer should know before a paper is published, beside the output; nothing where nothing was found."""
    grave = sum(point.kind.grave for point in points)
    if points:
        said = f"{grave} điều nghiêm trọng, {len(points) - grave} điều lưu ý"
        typer.echo(f"Soát trước khi trình ký: {said}", err=True)
    for point in points:
        typer.echo(f"- {point}", err=True)


def print_issued(issued: "Issued") -> None:
    """What was published, where, and what could not be shown on the site."""
    published = issued.published
    said = "Đã công bố" if published.new else "Đã công bố từ trước, không có gì thay đổi"
    signed = ", đã ký số" if published.signed else ", chưa ký số"
    typer.echo(f"{said}: {issued.said}{signed if issued.paper.signed_here else ''}")
    typer.echo(f"Thư mục: {published.folder}")
    typer.echo(f"SHA-256 của manifest: {published.manifest_sha256}")
    print_findings(issued.findings)


def write_and_say(folder: Path, checked: "CheckedChanges") -> None:
    """Write what an edited workbook changes, and say which files."""
    from tasks.editing.changing import write_changes

    write_changes(folder, checked.changes)
    print_findings(checked.findings)
    for change in checked.changes:
        typer.echo(f"{'Đã tạo' if change.is_new else 'Đã sửa'} {change.name}: {change.lines_said}")
    if not checked.changes:
        typer.echo("Không có gì thay đổi.")


def refuse_existing(out: Path) -> None:
    """No file of somebody is written over."""
    if out.exists():
        raise typer.BadParameter(f"tệp {out} đã có", param_hint="--out")
