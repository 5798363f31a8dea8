"""Test programs with all mutants in them: what the build folder has, with only the rewritten files compiled again.

Sources and headers with mutants are written to a folder of their own, which stands first among the include paths.
Objects that read one of them are compiled again with their own commands, and the programs linked with these objects in
front of the libraries, so that the linker takes them instead.
"""

import json
import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import schemata


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


# The sources of a translation unit: those that a unity build put into one file, or the one.
def _parts(source):
    return set(re.findall(r'#include "(.*)"', source.read_text())) if source.parent.name == "Unity" else {str(source)}


# The libraries of the build that a link command names.
def _libraries(command):
    return {word for word in command if word.endswith(".a") and not word.startswith("/")}


class Programs:
    def __init__(self, root, build, jobs):
        self.root, self.build, self.jobs = root, build, jobs
        self.out = build / "mutants"
        self.overlay = self.out / "sources"
        self.product = str(build / "bin" / "proofcard")  # tests that start it find the one with mutants
        self.own_product = str(self.out / "bin" / "proofcard")

    def build_plain(self, names):
        subprocess.run(["cmake", "--build", self.build, "--parallel", str(self.jobs), "--target", *names], check=True,
                       stdout=subprocess.DEVNULL)

    def make(self, names, chosen, table):
        # What an earlier run had stays: its mutants sleep.
        needed = {edit.file for mutant in chosen for edit in mutant.edits}
        readers = {edit.file: edit.readers for mutant in table.mutants for edit in mutant.edits
                   if edit.file in needed or (self.overlay / edit.file).exists()}
        for old in self.overlay.rglob("*.?pp"):
            if str(old.relative_to(self.overlay)) not in readers:
                old.unlink()
        _write(self.overlay / schemata.HEADER_NAME, schemata.HEADER)
        for file in readers:
            _write(self.overlay / file, schemata.rewrite((self.root / file).read_text(), file, table.mutants))
        links = {name: self._link_command(name) for name in names}
        if any(self.product in c["command"] for c in self._commands()) and self._starts_product(names):
            links["proofcard"] = self._link_command("proofcard")
        self._compile(readers, self._objects_of(links.values()))
        for name, command in links.items():
            self._link(name, command)

    def _commands(self):
        return json.loads((self.build / "compile_commands.json").read_text())

    def _starts_product(self, names):
        return any(f"{n}.dir" in c["command"] and self.product in c["command"] for c in self._commands() for n in names)

    def _link_command(self, name):
        text = subprocess.run(["ninja", "-C", self.build, "-t", "commands", f"bin/{name}"], check=True, text=True,
                              capture_output=True).stdout.splitlines()[-1]
        return shlex.split(text.split(" && ")[1])

    # Objects that one of the link commands names, or that are in one of its libraries.
    def _objects_of(self, links):
        out = set()
        for command in links:
            out.update(word for word in command if word.endswith(".o"))
            for library in _libraries(command):
                out.update(self._objects_in(library))
        return out

    # Asked of the build, for a library may hold objects that were compiled for another target.
    def _objects_in(self, library):
        text = subprocess.run(["ninja", "-C", self.build, "-t", "query", library], check=True, text=True,
                              capture_output=True).stdout
        return re.findall(r"\S+\.o$", text.split("outputs:")[0], re.MULTILINE)

    def _dependencies(self, objects):
        text = subprocess.run(["ninja", "-C", self.build, "-t", "deps", *objects], check=True, text=True,
                              capture_output=True).stdout
        out, current = {}, None
        for line in text.splitlines():
            if line and not line.startswith(" "):
                current, deps = line.split(":")[0], []
                out[current] = deps
            elif current:
                deps.append(str((self.build / line.strip()).resolve()))
        return out

    # The source with mutants in place of `source`, when there are some.
    def _overlaid(self, source):
        if source.parent.name != "Unity":
            mine = self.overlay / source.relative_to(self.root)
            return mine if mine.exists() else source
        mine = self.overlay / source.relative_to(self.build)
        _write(mine, re.sub(r'#include "(.*)"', lambda m: f'#include "{self._overlaid(Path(m[1]))}"', source.read_text()))
        return mine

    def _compile(self, readers, objects):
        dependencies = self._dependencies(objects)
        mutated = {str(self.root / f): {str(self.root / r) for r in only} for f, only in readers.items()}
        tasks, current = [], set()
        for entry in self._commands():
            words = shlex.split(entry["command"])
            target = words[words.index("-o") + 1]
            source = Path(entry["file"])
            parts = _parts(source)
            known = set(dependencies.get(target, []))
            touched = [f for f, only in mutated.items() if f in known or only & parts]
            wanted = any(not mutated[f] or mutated[f] & parts for f in touched)
            if target not in objects or not (wanted or self.product in entry["command"]):
                continue
            words[words.index("-c") + 1] = str(self._overlaid(source))
            result = self.out / target
            current.add(result)
            words[words.index("-o") + 1] = str(result)
            words = [w.replace(self.product, self.own_product) for w in words if not w.startswith("-W")]
            first = next(i for i, w in enumerate(words) if w.startswith("-I"))
            words[first:first] = [f"-I{self.overlay}"]
            words += ["-w"]
            inputs = [source, *map(Path, dependencies.get(target, []))]
            inputs += [self.overlay / Path(f).relative_to(self.root) for f in touched]
            if result.exists() and all(p.stat().st_mtime <= result.stat().st_mtime for p in inputs if p.exists()):
                continue
            result.parent.mkdir(parents=True, exist_ok=True)
            tasks.append(words)

        for old in set(self.out.rglob("*.o")) - current:
            old.unlink()

        def run(words):
            done = subprocess.run(words, cwd=self.build, text=True, capture_output=True)
            return done.stderr if done.returncode != 0 else ""

        with ThreadPoolExecutor(self.jobs) as pool:
            errors = "\n".join(filter(None, pool.map(run, tasks)))
        if errors:
            raise RuntimeError(f"mutants do not compile:\n{errors[-8000:]}")

    def _link(self, name, command):
        words, early = [], []
        for word in command:
            if word.endswith(".o"):
                own = self.out / word
                words.append(str(own) if own.exists() else word)
            else:
                words.append(word)
        for library in _libraries(command):
            early += [str(self.out / name) for name in self._objects_in(library) if (self.out / name).exists()]
        result = self.out / "bin" / name
        words[words.index("-o") + 1] = str(result)
        first = next(i for i, w in enumerate(words) if w.endswith(".o"))
        words[first:first] = sorted(set(early))  # inline functions of headers are taken from the first that has them
        result.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(words, cwd=self.build, check=True)

    def run(self, suite, number, timeout):
        """None when the suite passes, else what killed the mutant."""
        environment = {**os.environ, schemata.VARIABLE: str(number)}
        folder = self.out / "run" / str(os.getpid()) / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        command = [self.out / "bin" / suite.program, f"--gtest_filter={suite.filter}", "--gtest_fail_fast",
                   "--gtest_brief=1"]
        try:
            done = subprocess.run(command, cwd=folder, env=environment, timeout=timeout, text=True, errors="replace",
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=_limit)
        except subprocess.TimeoutExpired:
            return "timeout"
        if done.returncode == 0:
            return None
        failed = re.search(r"\[  FAILED  \] (\S+?)[ ,]", done.stdout)
        return failed[1] if failed else f"exit {done.returncode}"


# A mutant without a limit must not take the machine's memory, nor write a core file.
def _limit():
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
