"""The table of mutants, tests/mutants/*.txt: its lines, and where their text stands in a source file.

A line is `id | text | replacement`, with `suites: NAME ..` or `equivalent: REASON` as further fields. In the text the part
between « and » is what the replacement takes the place of ($0 in it is the original); what is around it makes the place
unique in the file. White space does not matter, and … stands for anything up to the next match.
"""

import fnmatch
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path


class TableError(Exception):
    pass


@dataclass
class Edit:
    """One replacement in one file, and the part of the file that its text covers."""

    file: str
    text: str
    replacement: str
    where: str  # file and line of the table
    readers: tuple = ()  # of a header: the sources that are compiled with it; all that include it when empty

    def pattern(self):
        before, rest = self.text.split("«")
        part, after = rest.split("»")
        return re.compile(rf"({_regex(before)})\s*(?P<part>{_regex(part)})\s*({_regex(after)})")

    def find(self, source):
        """(begin, end) of the covered text and of the replaced part."""
        found = list(self.pattern().finditer(source))
        if len(found) != 1:
            raise TableError(f"{self.where}: expected the text once in {self.file}, found it {len(found)} times: {self.text}")
        return found[0].span(), found[0].span("part")


@dataclass
class Mutant:
    name: str
    edits: list
    suites: list
    equivalent: str = ""
    number: int = 0


@dataclass
class Suite:
    name: str
    program: str
    filter: str = "*"


@dataclass
class Table:
    mutants: list = field(default_factory=list)
    suites: dict = field(default_factory=dict)
    waived: list = field(default_factory=list)  # Edits whose text names sites that are no check
    labels: set = field(default_factory=set)  # of the transcript, each with its own mutants

    def select(self, patterns):
        return [m for m in self.mutants if any(fnmatch.fnmatchcase(m.name, p) for p in patterns)]


def _regex(text):
    """Matches the text whatever its white space: tokens with optional space between them."""
    parts = []
    for piece in text.split("…"):
        tokens = re.findall(r"\w+|[^\w\s]", piece)
        out = ""
        for i, token in enumerate(tokens):
            if i:
                out += r"\s+" if tokens[i - 1][-1].isalnum() and token[0].isalnum() else r"\s*"
            out += re.escape(token)
        # A word at the edge of the text is a whole word.
        if tokens and re.match(r"\w", tokens[0]):
            out = r"\b" + out
        if tokens and re.match(r"\w", tokens[-1]):
            out += r"\b"
        parts.append(out)
    return r"[\s\S]{0,600}?".join(parts)


def _read_suites(path):
    suites = {}
    for line in path.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, rest = (s.strip() for s in line.split("=", 1))
            program, _, test_filter = rest.partition(" ")
            suites[name] = Suite(name, program, test_filter.strip() or "*")
    return suites


def _expand(fields, labels):
    if "{label}" not in " ".join(fields):
        return [fields]
    return [[f.replace("{label}", label) for f in fields] for label in labels]


def _read_file(path, table, by_name):
    file, suites, labels, readers = "", [], [], ()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        where = f"{path.name}:{number}"
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        heading = re.match(r"(file|suites|labels|readers): (.*)", line)
        if heading and heading[1] == "file":
            file, readers = heading[2], ()
        elif heading and heading[1] == "suites":
            suites = heading[2].split()
        elif heading and heading[1] == "readers":
            readers = tuple(heading[2].split())
        elif heading:
            labels = heading[2].split()
            table.labels.update(labels)
        else:
            fields = [f.strip() for f in re.split(r" \|(?: |$)", line)]
            if len(fields) < 3:
                raise TableError(f"{where}: expected id | text | replacement, found {line}")
            for expanded in _expand(fields, labels):
                _add(table, by_name, expanded, (file, readers), suites, where)


def _add(table, by_name, fields, place, suites, where):
    name, text, replacement = fields[:3]
    file, readers = place
    if name == "none":
        table.waived.append(Edit(file, f"«{text}»", replacement, where))
        return
    if text.count("«") != 1 or text.count("»") != 1:
        raise TableError(f"{where}: expected one part in «», found {text}")
    edit = Edit(file, text, replacement, where, readers)
    if name.startswith("+"):
        if name[1:] not in by_name:
            raise TableError(f"{where}: expected a mutant {name[1:]} before it, found none")
        by_name[name[1:]].edits.append(edit)
        return
    if name in by_name:
        raise TableError(f"{where}: expected a new id, found {name} twice")
    mutant = Mutant(name, [edit], suites)
    for extra in fields[3:]:
        key, _, value = extra.partition(":")
        if key == "equivalent" and value.strip():
            mutant.equivalent = value.strip()
        elif key == "suites":
            mutant.suites = value.split()
        else:
            raise TableError(f"{where}: expected suites: or equivalent: with a reason, found {extra}")
    unknown = [s for s in mutant.suites if s not in table.suites]
    if unknown or not mutant.suites:
        raise TableError(f"{where}: expected suites of suites.txt, found {' '.join(unknown) or 'none'}")
    by_name[name] = mutant
    table.mutants.append(mutant)


def read(folder):
    table = Table(suites=_read_suites(Path(folder) / "suites.txt"))
    by_name = {}
    for path in sorted(Path(folder).glob("*.txt")):
        if path.name not in ("suites.txt", "short.txt"):
            _read_file(path, table, by_name)
    # Of the name, so that a new line leaves the other sources as they were compiled.
    for mutant in table.mutants:
        mutant.number = zlib.crc32(mutant.name.encode()) >> 1
    if len({mutant.number for mutant in table.mutants}) < len(table.mutants):
        raise TableError("two ids with one checksum: expected another id")
    return table


def read_short(folder):
    """The id patterns of short.txt, and the only suites that its mutants are run through."""
    lines = [line.strip() for line in (Path(folder) / "short.txt").read_text().splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    suites = [name for line in lines if line.startswith("suites: ") for name in line.split()[1:]]
    return [line for line in lines if not line.startswith("suites: ")], suites
