"""A text about the results, held against what is published: proofread."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.commands import Json, Year, app, opened, print_data

if TYPE_CHECKING:
    from tasks.proofreading.gathering import Proofread


@app.command()
def proofread(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Tệp .docx, .pdf, .html hoặc .txt", exists=True, dir_okay=False)
    ],
    year: Year,
    every: Annotated[bool, typer.Option("--all", help="In cả những câu đúng")] = False,
    as_json: Json = False,
) -> None:
    """Soát con số trong một văn bản với kết quả đã công bố: câu nào sai, đúng phải là gì, câu nào chưa đọc được."""
    from models.findings import refusal
    from models.records.evidence import UnopenedEvidence
    from tasks.proofreading.gathering import known_in, proofread_data, proofread_text
    from tasks.proofreading.statements import Verdict
    from tasks.reading.kept_evidence import read_text

    province, storage = opened()
    known = known_in(province, storage, year)
    text = read_text(file.resolve())
    if isinstance(text, UnopenedEvidence):
        raise refusal(str(file), text.what, text.remedy)
    done = proofread_text(text, known)
    if as_json:
        print_data(proofread_data(done))
    else:
        _print(done, every)
    if done.count(Verdict.WRONG):
        raise typer.Exit(1)


def _print(done: "Proofread", every: bool) -> None:
    """What is not right, the text in its order, then how much is what."""
    from flows.cli.console import officers_console, print_table
    from tasks.proofreading.statements import Verdict

    rows = [
        (
            f"{sentence.paragraph}.{sentence.number}",
            one.outcome.verdict.label,
            sentence.text if one.outcome.verdict is Verdict.UNREAD else one.words,
            one.outcome.right,
            one.outcome.source,
            one.outcome.why,
        )
        for sentence in done.sentences
        for one in sentence.statements
        if every or one.outcome.verdict is not Verdict.RIGHT
    ]
    console = officers_console()
    columns = ("Đoạn.câu", "Kết luận", "Văn bản viết", "Công bố", "Nguồn", "Ghi chú")
    print_table(console, f"Soát với kết quả năm {done.known.year}", columns, rows)
    for remark in done.remarks:
        console.print(f"Lưu ý: {remark}")
    told = ", ".join(f"{done.count(verdict)} {verdict.label.lower()}" for verdict in Verdict)
    console.print(f"{sum(map(done.count, Verdict))} điều đã xét: {told}.")
