"""Papers of a year and the results site: draft, publish, verify, site."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import (
    SignerId,
    Year,
    app,
    chosen,
    default_province,
    machine_settings,
    named_day,
    opened,
    print_findings,
    print_gate,
    print_issued,
    province_folder,
    signing_settings,
)

if TYPE_CHECKING:
    from tasks.publishing.approvals import Numbering

Replaces = Annotated[str, typer.Option("--replaces", help="Số, ký hiệu quyết định bị thay thế, ví dụ 12/QĐ-UBND")]
SubmissionNumber = Annotated[
    int | None, typer.Option("--submission-number", help="Số tờ trình mà quyết định căn cứ", min=1)
]
SubmissionDay = Annotated[str | None, typer.Option("--submission-date", help="Ngày của tờ trình ấy, dạng 2026-02-12")]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept", help="Chấp nhận một điều nghiêm trọng: “MÃ: LÝ DO”, lý do in trong phụ lục (lặp lại được)"
    ),
]
ApprovedBy = Annotated[
    str | None, typer.Option("--approved-by", help="Người quyết định (họ tên, chức vụ); bắt buộc khi có --accept")
]


def _numbering(
    number: int,
    day: str,
    signer: str | None,
    replaces: str,
    submission: tuple[int | None, str | None],
    accept: list[str] | None,
) -> "Numbering":
    """What the options say of number, date, signer, submission, and of what is accepted."""
    from models.records.procedure import Submission
    from tasks.publishing.approvals import Numbering
    from tasks.publishing.gate import reasons_from

    number_of, day_of = submission
    if (number_of is None) != (day_of is None):
        hint = "--submission-number, --submission-date"
        raise typer.BadParameter("tờ trình cần cả số và ngày", param_hint=hint)
    submitted = Submission(number_of, named_day(day_of)) if number_of is not None and day_of is not None else None
    reasons = reasons_from(accept or (), "--accept")
    return Numbering(number, named_day(day), signer, replaces, submitted, reasons)


@app.command()
def draft(
    year: Year,
    out: Annotated[Path, typer.Option("--out", help="Thư mục ghi dự thảo", file_okay=False)],
    signer: SignerId = None,
    number: Annotated[int | None, typer.Option("--number", help="Số quyết định: ghi bản trình ký", min=1)] = None,
    day: Annotated[str | None, typer.Option("--date", help="Ngày ký của bản trình ký, dạng 2026-02-15")] = None,
    replaces: Replaces = "",
    submission_number: SubmissionNumber = None,
    submission_day: SubmissionDay = None,
    accept: Accept = None,
) -> None:
    """Dự thảo quyết định, phụ lục (PDF và Word), chưa có số và ngày; có số và ngày thì là bản trình ký."""
    from tasks.publishing.approvals import points_before
    from tasks.publishing.choosing import newest_paper, paper_to_publish
    from tasks.publishing.issuing import draft as write_draft
    from tasks.publishing.issuing import write_for_signature
    from tasks.scoring.gathering import outdated_warnings

    if (number is None) != (day is None) or (replaces and number is None):
        raise typer.BadParameter("bản trình ký cần cả số và ngày", param_hint="--number, --date")
    province, storage = opened()
    print_findings(outdated_warnings(storage, province, year))
    if number is not None and day is not None:
        numbering = _numbering(number, day, signer, replaces, (submission_number, submission_day), accept)
        paper = paper_to_publish(province.folder, storage, year, numbering)
        paths = write_for_signature(paper, storage, numbering, out)
        print_gate(points_before(paper, numbering, storage.user))
    else:
        paper = newest_paper(province.folder, storage, year)
        print_gate(paper.gate(paper.draft(signer)))
        written = write_draft(paper, out, signer)
        print_findings(written.findings)
        paths = written.paths
    for path in paths:
        typer.echo(str(path))


@app.command()
def publish(
    year: Year,
    number: Annotated[int, typer.Option("--number", help="Số quyết định", min=1)],
    day: Annotated[str, typer.Option("--date", help="Ngày ký, dạng 2026-02-15")],
    out: Annotated[Path, typer.Option("--out", help="Thư mục công bố", file_okay=False)],
    signer: SignerId = None,
    replaces: Replaces = "",
    signed: Annotated[
        Path | None,
        typer.Option("--signed", help="Thư mục các tệp đã ký bằng phần mềm khác", exists=True, file_okay=False),
    ] = None,
    submission_number: SubmissionNumber = None,
    submission_day: SubmissionDay = None,
    accept: Accept = None,
    approved_by: ApprovedBy = None,
) -> None:
    """Phê duyệt và công bố: quyết định, phụ lục, dữ liệu mở trong một thư mục bất biến; có khóa thì ký số."""
    from tasks.publishing.approvals import points_before
    from tasks.publishing.choosing import paper_to_publish
    from tasks.scoring.gathering import outdated_warnings
    from tasks.site.issuing import issue

    if accept and not approved_by:
        raise typer.BadParameter("chấp nhận điều nghiêm trọng thì ghi rõ người quyết định", param_hint="--approved-by")
    numbering = _numbering(number, day, signer, replaces, (submission_number, submission_day), accept)
    province, storage = opened()
    storage = storage.acting_as(approved_by) if approved_by else storage
    print_findings(outdated_warnings(storage, province, year))
    paper = paper_to_publish(province.folder, storage, year, numbering)
    print_issued(issue(paper, storage, numbering, out, "command", signed or signing_settings()))
    print_gate(points_before(paper, numbering, storage.user))


@app.command()
def site(
    out: Annotated[Path, typer.Option("--out", help="Thư mục của trang kết quả", file_okay=False)],
    year: Annotated[
        list[int] | None, typer.Option("--year", help="Năm của chỉ số (lặp lại được); bỏ trống: tất cả")
    ] = None,
) -> None:
    """Lập trang kết quả từ các quyết định đã công bố: thư mục tĩnh, mở được bằng trình duyệt hay máy chủ web bất kỳ."""
    from tasks.site.building import build_site

    province, storage = opened()
    built = build_site(province, storage, out, year or [])
    print_findings(built.findings)
    reports = f" {built.reports} báo cáo," if built.reports else ""
    typer.echo(
        f"Trang kết quả: {built.editions} quyết định,{reports} {built.files} tệp. Mở: {built.folder / 'index.html'}"
    )


@app.command()
def verify(
    place: Annotated[
        Path | None, typer.Argument(help="Thư mục đã công bố, hoặc một tệp PDF", exists=True, show_default=False)
    ] = None,
    journal: Annotated[
        bool, typer.Option("--journal", help="Đi hết nhật ký của cơ sở dữ liệu: dòng nào bị sửa, xóa, thêm, đảo")
    ] = False,
) -> None:
    """Kiểm tra bản đã công bố (danh mục tệp, mã băm, ai ký, lúc nào) hoặc nhật ký: có gì bị thay đổi không."""
    if (place is None) != journal:
        raise typer.BadParameter("nêu thư mục đã công bố (hoặc tệp PDF), hoặc --journal", param_hint="PLACE, --journal")
    if place is None:
        _verify_journal()
    else:
        _verify_place(place)


def _verify_journal() -> None:
    from models.findings import has_critical
    from models.records.storage import open_storage
    from tasks.publishing.journal import check_journal

    walked = check_journal(open_storage(province_folder(), machine_settings()))
    print_findings(walked.findings)
    if has_critical(list(walked.findings)):
        raise typer.Exit(1)
    sealed = f", trong đó {walked.sealed} dòng có từ trước khi có nhật ký" if walked.sealed else ""
    typer.echo(f"Nhật ký nguyên vẹn: {walked.links} mắt xích, {walked.rows} dòng{sealed}.")
    typer.echo(f"Mắt xích cuối: {walked.head}")


def _verify_place(place: Path) -> None:
    from models.findings import has_critical
    from models.records.storage import open_storage
    from tasks.publishing.trust import trust_of
    from tasks.publishing.verifying import verify_place

    province = province_folder() if chosen.province or default_province() else None
    storage = open_storage(province, machine_settings()) if province and place.is_dir() else None
    checked = verify_place(place, trust_of(machine_settings(), province), storage)
    for line in checked.lines:
        typer.echo(line)
    print_findings(checked.findings)
    if has_critical(list(checked.findings)):
        raise typer.Exit(1)
