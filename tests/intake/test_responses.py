"""Questions find their items; what nobody told is not guessed."""

from crqkit.intake import read_folder

HEAD = "Timestamp,They do what they promise.,How likely are you to recommend us to a friend?"


def test_questions_are_compared_by_their_words(put):
    head = "Zeitstempel,how do you feel? [they do what they PROMISE],What I get is fair for what I pay"
    shop = read_folder(put({"a.csv": head + "\n2026-01-01 10:00,5,rather agree\n"}))
    assert shop.answers[["keeps_word", "worth_it"]].iloc[0].tolist() == [5, 4]
    assert [item.dimension for item in shop.form.items] == ["trust", "fairness"] and shop.form.id == "pocket"


def test_a_question_asked_in_two_columns_is_one_item(put):
    rows = "\n2026-01-01 10:00,,9,4\n2026-01-02 10:00,3,8,\n"
    shop = read_folder(put({"a.csv": HEAD + ",They do what they promise" + rows}))
    assert shop.answers["keeps_word"].tolist() == [4, 3]


def test_groups_are_named_by_the_owner_and_never_guessed(put):
    rows = "".join(
        f"2026-01-{day:02} 10:00,4,9,{'Online' if day % 2 else 'Shop'},{'Anna' if day % 3 else 'Ben'},Day {day}\n"
        for day in range(1, 21)
    )
    sheet = HEAD + ",Where do you buy?,Who served you?,Anything else to say?\n" + rows
    shop = read_folder(put({"a.csv": sheet, "shop.yml": "groups: [where do you buy]\n"}))
    kinds = {item.text: item.kind for item in shop.form.items}
    assert kinds["Where do you buy?"] == "choice" and kinds["Anything else to say?"] == "text"
    assert "Who served you?" not in kinds
    assert [caution.id for caution in shop.cautions if "Who served you?" in caution] == ["caution.intake.group"]
    assert "Anna" not in shop.responses.to_string()


def test_columns_about_persons_are_left_out(put):
    head = HEAD + ",Your name,Telefon,IP address,Which e-mail may we use?\n"
    shop = read_folder(put({"a.csv": head + "2026-01-01 10:00,4,9,Ana Li,0170 1112223,203.0.113.7,ana@example.org\n"}))
    assert {item.id for item in shop.form.items} == {"keeps_word", "recommend"}


def test_a_mapping_tells_scales_groups_and_dimensions(put):
    mapping = """
table: responses
columns: {at: when, customer_key: mail}
scale: {low: 1, high: 7}
dimensions: {care: Care}
items:
  - {id: care_1, column: q1, text: They care., dimension: care}
  - {id: care_2, column: q2, dimension: care, reverse: true}
  - {id: likely, column: q3, low: 0, high: 10}
  - {id: said, column: q4, kind: text}
groups: [shop]
drop_when: [{column: status, equals: preview, reason: preview}, {column: shop, equals: Lab, reason: our own people}]
"""
    sheet = """when,mail,q1,q2,q3,q4,shop,status
2026-01-01 10:00,ana@example.org,7,1,10,Fine,North,done
2026-01-02 10:00,,6,2,0,,South,done
2026-01-03 10:00,,6,2,0,,South,Preview
2026-01-03 10:00,,6,2,0,,Lab,done
"""
    shop = read_folder(put({"a.csv": sheet, "a.map.yml": mapping}))
    assert shop.answers[["care_1", "care_2", "likely"]].values.tolist() == [[7, 1, 10], [6, 2, 0]]
    assert (
        shop.form["care_2"].reverse and shop.form.dimensions == {"care": "Care"} and shop.form["shop"].kind == "choice"
    )
    dropped = shop.log[shop.log["outcome"] == "dropped"]
    assert dropped[["reason", "detail"]].values.tolist() == [["preview", ""], ["rule", "our own people"]]


def test_a_mapping_may_be_handed_over(put):
    folder = put({"a.csv": "when;paid\n01.02.2026;5,50\n"})
    mapping = {"table": "orders", "columns": {"at": "when", "total": "paid"}}
    assert read_folder(folder, mapping=mapping).orders["total"].tolist() == [5.5]
    assert read_folder(folder, mapping={"a.csv": mapping}).orders["total"].tolist() == [5.5]
    (folder.parent / "m.yml").write_text("table: orders\ncolumns: {at: when, total: paid}\n")
    assert read_folder(folder, mapping=folder.parent / "m.yml").orders["total"].tolist() == [5.5]


def test_refunds_that_a_column_tells(put):
    sheet = "date,kind,paid\n2026-01-01,sale,5.00\n2026-01-02,refund,2.00\n"
    mapping = "table: orders\ncolumns: {at: date, total: paid}\nrefund_when: {kind: refund}\n"
    orders = read_folder(put({"a.csv": sheet, "a.map.yml": mapping})).orders
    assert orders[["total", "refunds", "net", "status"]].values.tolist() == [[5, 0, 5, "sale"], [0, 2, -2, "refund"]]


def test_two_forms_on_two_scales_are_not_averaged(put):
    from crqkit.survey import dimension_scores
    from crqkit.tables.form import load_form

    texts = [item.text for item in load_form("long").items[:2]]
    pocket = [item.text for item in load_form("pocket").items[:7]]
    rows = "".join(f"2026-01-{day:02d},{','.join('4' * 7)}\n" for day in range(1, 10))
    small = "Timestamp," + ",".join(f'"{text}"' for text in pocket) + "\n" + rows
    long = "Timestamp," + ",".join(f'"{text}"' for text in texts) + "\n2026-02-01,7,6\n2026-02-02,5,6\n"
    shop = read_folder(put({"small.csv": small, "long.csv": long}))
    assert shop.form.id == "pocket"
    assert [item.dimension for item in shop.form.items if item.id.startswith("ct_")] == [None, None]
    assert any(caution.id == "caution.intake.two_forms" for caution in shop.cautions)
    assert dimension_scores(shop.answers, form=shop.form).table["n"].min() > 0
