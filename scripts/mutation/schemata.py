"""All mutants of a source file in one text: each replaced part becomes a choice made when the program runs.

Source: Untch, Offutt, Harrold, "Mutation analysis using mutant schemata", ISSTA 1993. An expression E with replacement R
becomes (proofcard_mutant(N) ? (R) : (E)), a statement (it ends in ; or is a loop or an if) an if with two branches. Parts
may be inside each other or equal, but not overlap.
"""

import re

from table import TableError

HEADER_NAME = "proofcard_mutant.hpp"
VARIABLE = "PROOFCARD_MUTANT"
HEADER = f"""#pragma once
#include <cstdlib>
#include <type_traits>
inline int proofcard_active_mutant() {{
  static const int number = [] {{
    const char* text = std::getenv("{VARIABLE}");
    return text == nullptr ? 0 : std::atoi(text);
  }}();
  return number;
}}
constexpr bool proofcard_mutant(int number) {{
  return !std::is_constant_evaluated() && proofcard_active_mutant() == number;
}}
"""


def _choice(number, original, replacement, inner):
    replacement = replacement.replace("$0", original)
    if original.rstrip().endswith(";") or re.match(r"(for|if|while) [(].*[}]$", original.strip(), re.DOTALL):
        return f"if (proofcard_mutant({number})) {{ {replacement} }} else {{ {inner} }}"
    return f"(proofcard_mutant({number}) ? ({replacement}) : ({inner}))"


def _render(source, begin, end, edits):
    """source[begin:end] with the edits, ((begin, end), number, replacement), that lie in it."""
    out, at = "", begin
    while edits:
        first = min(edit[0][0] for edit in edits)
        span = max((edit[0] for edit in edits if edit[0][0] == first), key=lambda s: s[1])
        here = [edit for edit in edits if edit[0] == span]
        inside = [edit for edit in edits if edit[0] != span and span[0] <= edit[0][0] and edit[0][1] <= span[1]]
        edits = [edit for edit in edits if edit not in here and edit not in inside]
        if any(edit[0][0] < span[1] for edit in edits):
            raise TableError(f"overlapping parts at: {source[span[0]:span[1]]}")
        original = source[span[0] : span[1]]
        text = _render(source, span[0], span[1], inside)
        for _, number, replacement in here:
            text = _choice(number, original, replacement, text)
        out += source[at : span[0]] + text
        at = span[1]
    return out + source[at:end]


def rewrite(source, name, mutants):
    """The text of file `name` in which every mutant's edits of it can be chosen."""
    edits = []
    for mutant in mutants:
        for edit in mutant.edits:
            if edit.file == name:
                _, part = edit.find(source)
                edits.append((part, mutant.number, edit.replacement))
    return f'#include "{HEADER_NAME}"\n#line 1 "{name}"\n' + _render(source, 0, len(source), edits)
