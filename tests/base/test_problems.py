import pandas as pd
import pytest

from crqkit.base import ChoiceProblem, DataProblem, Fault, MissingExtra, check_choice, check_columns


def test_a_fault_says_file_row_column_value_and_mend():
    fault = Fault("not a number", "Write it like 12.50.", "sales.csv", 7, "amount", "12,5,0")
    assert str(fault) == "sales.csv, row 7, column 'amount': not a number (found '12,5,0'). Write it like 12.50."


def test_all_faults_are_kept_and_five_are_printed():
    problem = DataProblem([Fault(f"fault {i}", "Mend it.", "a.csv", i) for i in range(2, 10)])
    assert len(problem.table) == 8
    assert str(problem).count("Mend it.") == 5
    assert "... and 3 more." in str(problem)
    assert list(problem.table.columns) == ["file", "row", "column", "value", "what", "mend"]


def test_an_identifier_in_a_faulty_cell_is_not_told():
    problem = DataProblem(Fault("not a date", "Mend it.", "a.csv", 2, "at", "ana@example.org +49 40 1234567"))
    assert "ana" not in str(problem)
    assert "1234567" not in str(problem)
    assert "ana" not in problem.table.to_string()


def test_a_choice_lists_all_and_the_nearest():
    with pytest.raises(
        ChoiceProblem, match=r"period: quartr is not known\. Allowed: month, quarter\. Did you mean quarter\?"
    ):
        check_choice("period", "quartr", ["month", "quarter"])


def test_missing_columns_are_told_all_at_once():
    with pytest.raises(DataProblem) as caught:
        check_columns(pd.DataFrame(columns=["custmer_key", "at"]), ["customer_key", "net"], "orders")
    assert [fault.column for fault in caught.value.faults] == ["customer_key", "net"]
    assert "Did you mean 'custmer_key'?" in str(caught.value)


def test_a_missing_extra_says_the_install_line():
    assert "pip install 'crqkit[course]'" in str(MissingExtra("JupyterLab", "course"))
