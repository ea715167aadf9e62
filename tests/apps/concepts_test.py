"""Runs the commands of docs/concepts.md with the embedded names, and finds each line that it quotes.

    concepts_test.py BIN_DIR

Fails where a quotation is on no screen and in no report, or where the grades are below what is to be reached.
"""
import concurrent.futures
import html
import os
import pathlib
import re
import subprocess
import sys
import tempfile

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "concepts.md"
CONCEPTS = 42  # of lectures 1 to 4
NEEDED = {2: ("value or shape", "code"), 3: ("value or shape", "code", "why", "otherwise")}


def one_line(text):
    return " ".join(text.split())


def rows(document):
    """Each row of the table: its cells by the names in its head."""
    lines = [line for line in document.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def run(bin_dir, command):
    """What a command says: its screen, and its report without tags."""
    program, *flags = command.split()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([bin_dir / program, *flags, "--out", folder], encoding="utf-8",
                              env={**os.environ, "LIBTENSOR_DATA_DIR": folder},  # where no lecture's names are
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.exit(f"{command}: exit code {done.returncode}")
        report = (pathlib.Path(folder) / "report.html").read_text(encoding="utf-8")
    report = re.sub(r"(?s)<(style|script)\b.*?</\1>", "", report)
    return one_line(done.stdout), one_line(html.unescape(re.sub(r"<[^>]*>", "", report)))


def faults_of(row, screen, report):
    for column in NEEDED[3]:
        quotations = re.findall(r"`([^`]+)`", row[column])
        if not quotations and column in NEEDED.get(int(row["grade"]), ()):
            yield f"grade {row['grade']} has no '{column}'"
        for quotation in quotations:
            in_report = quotation.startswith("report: ")
            if one_line(quotation.removeprefix("report: ")) not in (report if in_report else screen):
                yield f"{row['command']} does not show: {quotation}"


def main():
    bin_dir = pathlib.Path(sys.argv[1])
    concepts = rows(DOCUMENT.read_text(encoding="utf-8"))
    commands = sorted({row["command"] for row in concepts})
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        said = dict(zip(commands, pool.map(lambda command: run(bin_dir, command), commands)))
    faults = [f"{row['concept']}: {fault}" for row in concepts for fault in faults_of(row, *said[row["command"]])]
    grades = [int(row["grade"]) for row in concepts]
    if len({row["concept"] for row in concepts}) < CONCEPTS:
        faults.append(f"fewer than {CONCEPTS} concepts")
    if not set(grades) <= {2, 3} or grades.count(3) * 4 < len(grades) * 3:
        faults.append(f"grades: {grades.count(3)} of {len(grades)} at 3, the lowest is {min(grades)}")
    print("\n".join(faults) or f"{len(concepts)} concepts, {grades.count(3)} at 3")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
