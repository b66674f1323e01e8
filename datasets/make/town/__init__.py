"""The town of simulated shops: one generative story, one writer for each shape of export.

How to write a new case, say the plumber:

1. `datasets/make/plumber.py` with a fixed `SEED`, a `build(out, effects=1.0)` that ends in
   `files.build_whole(out, lambda folder: _write(folder, Story(effects, **PLANTED)))`, and
   `if __name__ == "__main__": files.main("plumber", build, __doc__)`. Goods and words go to `plumber_words.py`.
2. One stream of chance a part, `chance = files.streams(SEED, 4)`: a change to one leaves the others as they were.
3. Customers: `growth.grow(chance[0], story, PLAN, people.persons(chance[0], people.BRITISH), newcomer)` finds, brings
   and loses them; `newcomer(rng, one)` fills `one.own` and moves `one.bond` by what will befall it, e.g.
   `one.bond.move(at, "trust", -1.5, half_life_days=200)` for a broken promise. Few clients: `Bond.new(rng)` by hand.
4. What the bond does: `Story(effects, visits=0.3, own_effect=...)`. Every effect is read as `story["visits"]`, which
   is the planted size times `effects`, so the twin is the same code with `effects=0` (`plumber_null.py`).
5. What happens: `bonds.happenings(rng, start, end, bonds.rate(story, "complaints", one.bond, per_year))`.
6. What they say: `voices.pocket(...)` by the words of the questions, `voices.review(...)` for stars and words.
7. Files: `square_export`, `stripe_export`, `typeform_export`, `qualtrics_export`, `delighted_export`, `google_forms`,
   `google_reviews`, `paper_sheet`, and `sheets.write(path, "jobs", rows)` for the templates, as csv or xlsx; then
   `files.shop(...)`: shop.yml and the key.
8. `truth.write(...)`: every count with its definition in words, true values as `truth.value(x, "what it is over")`,
   the meaning of own effects; `truth.answers`, `truth.referrals`, `truth.cost_of_customers` are shared;
   `truth.customers(folder, rows)` holds what only the simulator knows, with `**truth.bond(...)`.
9. `datasets/plumber/card.md` by hand with the four headings of the other cards; a row in `datasets/README.md`.
10. `tests/cases/test_town.py` finds the case by its maker. Add `tests/cases/test_town_plumber.py`: the counts from the
    raw files by pandas alone, and each effect by `slope` and `within` of `tests/cases/town.py`.

Persons, dates and addresses are invented: 2024-11 to 2026-10, example.com and example.org, film telephone numbers.
Names are drawn, never listed in sets; times are naive and on the clock of the shop until a writer gives them a zone.
"""
