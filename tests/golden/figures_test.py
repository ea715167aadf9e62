#!/usr/bin/env python3
"""The tables of figures beside the apps: apps/NAME/figures.csv. Needs Python alone."""
import csv
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = ["setup", "name", "notebook", "lecture", "embedded", "tolerance"]
CLASSES = {"E", "D", "F", "T"}


def is_number(text):
    try:
        return float(text) >= 0
    except ValueError:
        return False


def sorted_setup(setup):
    """Each flag with its value, in alphabetical order."""
    return " ".join(sorted(re.findall(r"--[^ ]+(?: (?!--)[^ ]+)*", setup)))


def half_a_digit(text):
    """Of the last one that is shown: "2.40" is 2.395 to 2.405, "1.5e-03" is 0.00145 to 0.00155."""
    mantissa, _, exponent = text.lower().partition("e")
    return 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def agree_as_shown(notebook, value):
    try:
        distance = abs(float(notebook) - float(value))
    except ValueError:
        return notebook == value
    # Either may show the fewer digits. A last digit that was rounded to even may be one off.
    return distance <= 1.01 * max(half_a_digit(notebook), half_a_digit(value))


class Figures(unittest.TestCase):
    def setUp(self):
        self.tables = {}
        for path in sorted(ROOT.glob("apps/*/figures.csv")):
            with open(path, newline="", encoding="utf-8") as file:
                self.tables[path.parent.name] = list(csv.reader(file, strict=True))

    def rows(self):
        for app, lines in self.tables.items():
            for number, line in enumerate(lines[1:], 2):
                yield {**dict(zip(COLUMNS, line)), "where": f"{app}/figures.csv, line {number}"}

    def test_every_lecture_has_one(self):
        known = {"micrograd", "bigram", "bigram_net", "mlp", "activations", "backprop", "gpt", "microgpt", "makemore", "tokenizer"}
        self.assertLessEqual(known, set(self.tables))

    def test_every_line_has_the_columns(self):
        for app, lines in self.tables.items():
            self.assertEqual(lines[0], COLUMNS, app)
            for number, line in enumerate(lines[1:], 2):
                self.assertEqual(len(line), len(COLUMNS), f"{app}, line {number}")

    def test_a_figure_stands_there_once(self):
        for app, lines in self.tables.items():
            keys = [tuple(line[:2]) for line in lines[1:]]
            self.assertEqual([key for key in set(keys) if keys.count(key) > 1], [], app)

    def test_tolerances_are_classes_or_distances(self):
        for row in self.rows():
            self.assertTrue(row["tolerance"] in CLASSES or is_number(row["tolerance"]), row["where"])

    def test_setups_are_flags_in_alphabetical_order(self):
        for row in self.rows():
            self.assertEqual(row["setup"], sorted_setup(row["setup"]), row["where"])

    def test_a_figure_has_a_name_and_a_value(self):
        for row in self.rows():
            self.assertTrue(row["name"], row["where"])
            self.assertTrue(row["lecture"] or row["embedded"], row["where"])

    def test_figures_that_are_no_texts_are_numbers(self):
        for row in self.rows():
            if row["tolerance"] != "E":
                for value in filter(None, (row["lecture"], row["embedded"])):
                    with self.subTest(row["where"]):
                        float(value)

    def test_the_notebook_agrees_with_pytorch_to_the_digits_it_shows(self):
        for row in self.rows():
            if row["notebook"] and row["lecture"] and not is_number(row["tolerance"]):
                self.assertTrue(agree_as_shown(row["notebook"], row["lecture"]), row["where"])

    # By another recording of the same trainings; 0.03 is how far two of them may lie apart.
    def test_the_zoo_learns_as_its_lecture_says(self):
        losses = {row["setup"]: row["lecture"] for row in self.rows()
                  if row["where"].startswith("makemore/") and row["name"] == "test loss"}
        lecture = {"--type bigram": 2.6114, "--type bow": 2.2368, "--type rnn": 2.1466, "--type mlp": 2.1209,
                   "--type gru": 2.1152, "": 2.0496}
        self.assertGreaterEqual(len(losses), 5)
        for setup, loss in losses.items():
            self.assertAlmostEqual(float(loss), lecture[setup], delta=0.03, msg=setup)


class TheTestItself(unittest.TestCase):
    def test_compares_the_digits_that_are_shown(self):
        self.assertTrue(agree_as_shown("2.07", "2.069589"))
        self.assertTrue(agree_as_shown("2.6407e-03", "0.002640700"))
        self.assertTrue(agree_as_shown("0.8958441028683222", "0.895844102868"))
        self.assertTrue(agree_as_shown("mor. axx.", "mor. axx."))
        self.assertFalse(agree_as_shown("2.08", "2.069589"))
        self.assertFalse(agree_as_shown("2.6409e-03", "0.002640700"))
        self.assertFalse(agree_as_shown("mor.", "cexze."))

    def test_sorts_flags_with_their_values(self):
        self.assertEqual(sorted_setup("--words 0:1 --reg 0 --deep --lr 0.1"), "--deep --lr 0.1 --reg 0 --words 0:1")


if __name__ == "__main__":
    unittest.main()
