"""The mix of seats and tokens: made, solved by HiGHS, and certificates checked again.

`portfolio.py make PEOPLE FILE [coupled]` writes an instance; with `coupled` it has quantity discounts on seats and
minima of departments too.
`portfolio.py solve FILE SECONDS` has HiGHS solve it as one MILP on one thread, and prints JSON.
`portfolio.py check FILE ANSWER` reckons cost, feasibility and bounds of an answer anew, and prints JSON.

An instance is a line of JSON, then a line a person: department, then product and tokens in turn.
Money is in micro-units.
"""

import json
import sys
import time

import numpy as np

COLLECTIONS = [3675, 3115, 2465]
PRODUCTS = 40
MOST = 6
DEPARTMENTS = 20


def make(people, path, is_coupled):
    rng = np.random.default_rng(11)
    seat = np.round(rng.uniform(400, 3200, PRODUCTS) / 5) * 5
    rate = rng.choice([1, 2, 3, 4, 6, 7, 9, 12], PRODUCTS).astype(float)
    member = np.full(PRODUCTS, -1)
    member[:14], member[14:25], member[25:32] = 0, 1, 2
    zipf = 1 / np.arange(1, PRODUCTS + 1) ** 1.1
    zipf /= zipf.sum()
    count = np.minimum(1 + rng.geometric(0.5, people) - 1 + (rng.random(people) < 0.3), MOST)
    count = np.maximum(count, 1)
    product = np.full((people, MOST), -1)
    for place in range(MOST):
        drawn = rng.choice(PRODUCTS, people, p=zipf)
        known = (product == drawn[:, None]).any(1)
        product[:, place] = np.where((place < count) & ~known, drawn, -1)
    kind = rng.choice(3, people, p=[0.2, 0.3, 0.5])
    shape, scale = np.array([12, 3, 0.8])[kind][:, None], np.array([14, 18, 14])[kind][:, None]
    days = rng.gamma(shape, scale, (people, MOST)) * np.array([1, 0.5, 0.3, 0.2, 0.15, 0.1])[None, :]
    days = np.round(np.clip(days, 1, 260))
    tokens = np.where(product >= 0, days * rate[product], 0).astype(int)
    department = np.arange(people) * DEPARTMENTS // people
    thousands = people / 1000
    offerings = [{"price": int(price) * 10**6, "covers": 1 << place} for place, price in enumerate(seat)]
    for place, price in enumerate(COLLECTIONS):
        covers = sum(1 << int(p) for p in np.nonzero(member == place)[0])
        offerings.append({"price": price * 10**6, "covers": covers})
    head = {
        "people": people,
        "on_flex": [place not in (9, 20, 33) for place in range(PRODUCTS)],
        "offerings": offerings,
        "tiers": [
            [int(1000 * lo * thousands), price]
            for lo, price in [(0, 3_000_000), (20, 2_850_000), (60, 2_700_000), (150, 2_550_000), (300, 2_400_000)]
        ],
        "commitments": [
            [int(1000 * lo * thousands), cut] for lo, cut in [(50, 80_000), (100, 120_000), (200, 180_000), (400, 220_000)]
        ],
        "minima": [],
    }
    if is_coupled:
        couple(head, product, department, people)
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(head) + "\n")
        for row in range(people):
            used = product[row] >= 0
            pairs = " ".join(f"{p} {t}" for p, t in zip(product[row][used], tokens[row][used]))
            file.write(f"{department[row]} {pairs}\n")


def couple(head, product, department, people):
    """Discounts on Collections and on the five commonest products; every second department has a minimum."""
    for place, offering in enumerate(head["offerings"]):
        if place < 5 or place >= PRODUCTS:
            steps = [(people // 40, 95), (people // 15, 89)]
            offering["tiers"] = [[max(2, start + n), offering["price"] * cut // 100] for n, (start, cut) in enumerate(steps)]
    for number in range(0, DEPARTMENTS, 2):
        share = 0.35 + 0.02 * number
        head["minima"].append([number, int(share * (department == number).sum())])


def read(path):
    with open(path, encoding="utf-8") as file:
        head = json.loads(file.readline())
        rows = [np.array(line.split(), dtype=np.int64) for line in file]
    people = len(rows)
    lengths = np.array([(len(row) - 1) // 2 for row in rows])
    person = np.repeat(np.arange(people), lengths)
    product = np.concatenate([row[1::2] for row in rows])
    tokens = np.concatenate([row[2::2] for row in rows])
    return head, person, product, tokens, np.array([row[0] for row in rows])


def bands_of(head):
    promises = [[0, 0]] + head["commitments"]
    found = {(max(lo, least), (price * (10**6 - cut) + 500_000) // 10**6) for lo, price in head["tiers"] for least, cut in promises}
    return sorted(found)


def solve(path, seconds):
    import highspy
    import scipy.sparse as sp

    head, person, product, tokens, department = read(path)
    offerings, people, uses = head["offerings"], len(department), len(person)
    covers = np.array([[o["covers"] >> p & 1 for p in range(len(head["on_flex"]))] for o in offerings], dtype=bool)
    price = np.array([o["price"] / 1e6 for o in offerings])
    wide = [j for j, o in enumerate(offerings) if o["covers"].bit_count() > 1]
    # A person may hold what covers something that they use.
    pairs = [(person[covers[j][product]], j) for j in wide]
    held_by = np.concatenate([product * 0 + person] + [np.unique(who) for who, _ in pairs])
    single = np.array([next(j for j, o in enumerate(offerings) if o["covers"] == 1 << p) for p in range(len(head["on_flex"]))])
    held = np.concatenate([single[product]] + [np.full(len(np.unique(who)), j) for who, j in pairs])
    seats, bands = len(held), bands_of(head)
    columns, cost, upper, integer, rows, low, high = 0, [], [], [], [], [], []

    def add(costs, uppers, is_integer):
        nonlocal columns
        first, columns = columns, columns + len(costs)
        cost.extend(costs), upper.extend(uppers), integer.extend([is_integer] * len(costs))
        return np.arange(first, columns)

    def row(at, values, least, most):
        rows.append((np.asarray(at), np.asarray(values, dtype=float)))
        low.append(least), high.append(most)

    infinity = np.inf
    tiered = {j for j, o in enumerate(offerings) if o.get("tiers")}
    seat = add([0.0 if j in tiered else price[j] for j in held], np.ones(seats), 1)
    on_flex = np.array(head["on_flex"])[product]
    token = add(np.zeros(uses), on_flex.astype(float), 1)
    by_person = {}
    for place, who in enumerate(held_by):
        by_person.setdefault(int(who), []).append(place)
    for place in range(uses):
        own = [seat[s] for s in by_person[int(person[place])] if covers[held[s]][product[place]]]
        row(own + [token[place]], np.ones(len(own) + 1), 1.0, infinity)
    most = float(tokens.sum() + max(lo for lo, _ in bands))
    bought, chosen = add([p / 1e6 for _, p in bands], [most] * len(bands), 0), add([0.0] * len(bands), [1.0] * len(bands), 1)
    row(np.concatenate([token, bought]), np.concatenate([tokens, -np.ones(len(bands))]), -infinity, 0.0)
    for place, (lo, _) in enumerate(bands):
        row([bought[place], chosen[place]], [1, -lo], 0.0, infinity)
        row([bought[place], chosen[place]], [1, -most], -infinity, 0.0)
    row(chosen, np.ones(len(bands)), 1.0, 1.0)
    for j in sorted(tiered):
        tiers = [[0, offerings[j]["price"]]] + offerings[j]["tiers"]
        own = seat[held == j]
        many = [float(people)] * len(tiers)
        count, pick = add([p / 1e6 for _, p in tiers], many, 0), add([0.0] * len(tiers), [1.0] * len(tiers), 1)
        row(np.concatenate([own, count]), np.concatenate([np.ones(len(own)), -np.ones(len(tiers))]), -infinity, 0.0)
        for place, (start, _) in enumerate(tiers):
            row([count[place], pick[place]], [1, -start], 0.0, infinity)
            row([count[place], pick[place]], [1, -people], -infinity, 0.0)
        row(pick, np.ones(len(tiers)), 1.0, 1.0)
    for number, least in head["minima"]:
        members = np.nonzero(department == number)[0]
        seated = add(np.zeros(len(members)), np.ones(len(members)), 1)
        for at, who in zip(seated, members):
            own = [seat[s] for s in by_person[int(who)]]
            row([at] + own, [1.0] + [-1.0] * len(own), -infinity, 0.0)
        row(seated, np.ones(len(seated)), float(least), infinity)
    lengths = [len(at) for at, _ in rows]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    matrix = sp.csr_matrix(
        (np.concatenate([v for _, v in rows]), np.concatenate([at for at, _ in rows]), starts), shape=(len(rows), columns)
    )
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, len(rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.array(cost), np.zeros(columns), np.array(upper)
    lp.row_lower_, lp.row_upper_ = np.array(low), np.array(high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    lp.integrality_ = [highspy.HighsVarType.kInteger if one else highspy.HighsVarType.kContinuous for one in integer]
    solver = highspy.Highs()
    for name, value in [("output_flag", False), ("time_limit", seconds), ("mip_rel_gap", 1e-9), ("threads", 1)]:
        solver.setOptionValue(name, value)
    begun, before = time.time(), time.process_time()
    solver.passModel(lp)
    solver.run()
    info = solver.getInfo()
    found = {
        "status": solver.modelStatusToString(solver.getModelStatus()),
        "objective": info.objective_function_value if abs(info.objective_function_value) < 1e20 else None,
        "bound": info.mip_dual_bound if abs(info.mip_dual_bound) < 1e20 else None,
        "wall": time.time() - begun,
        "cpu": time.process_time() - before,
    }
    print(json.dumps(found))


def check(path, answer_path):
    """The answer's sets give cost and feasibility; its multipliers, by another way of reckoning, give bounds."""
    head, person, product, tokens, department = read(path)
    with open(answer_path, encoding="utf-8") as file:
        answer = json.load(file)
    people, offerings = len(department), head["offerings"]
    sets = np.array(answer["sets"], dtype=np.uint64)
    on_flex = np.array(head["on_flex"])
    covered = np.zeros(len(person), dtype=bool)
    may = np.zeros(people, dtype=np.uint64)
    counts = []
    for j, offering in enumerate(offerings):
        hits = (np.uint64(offering["covers"]) >> product.astype(np.uint64) & np.uint64(1)) == 1
        has = (sets >> np.uint64(j) & np.uint64(1)) == 1
        counts.append(int(has.sum()))
        covered |= hits & has[person]
        np.bitwise_or.at(may, person[hits], np.uint64(1 << j))
    wrong = []
    if (sets & ~may).any():
        wrong.append("somebody holds what covers nothing of theirs")
    if (~covered & ~on_flex[product]).any():
        wrong.append("a product that is not on Flex is not covered")
    for number, least in head["minima"]:
        if int(((department == number) & (sets != 0)).sum()) < least:
            wrong.append(f"department {number} has too few seats")
    used = int(tokens[~covered].sum())
    paid = min(price * max(lo, used) for lo, price in bands_of(head))
    for j, offering in enumerate(offerings):
        paid += min(price * max(counts[j], start) for start, price in [[0, offering["price"]]] + offering.get("tiers", []))
    if paid != answer["cost"]:
        wrong.append(f"the mix costs {paid}, not {answer['cost']}")
    bounds = [bound(head, person, product, tokens, department, one) for one in answer["bounds"]]
    for one, shown in zip(answer["bounds"], bounds):
        # Floats of 2⁵³: what is shown may be off by a millionth of a millionth.
        if one["dual"] > shown + abs(shown) * 1e-12 + 1:
            wrong.append(f"the multipliers show {shown}, not {one['dual']}")
    known = {(lo, price) for lo, price in bands_of(head)}
    told = {(lo, price) for one in answer["bounds"] for lo, price, _ in one["bands"]}
    if known - told:
        wrong.append(f"no bound for the bands {sorted(known - told)}")
    shown = min(bounds) if bounds else 0
    print(json.dumps({"wrong": wrong, "cost": paid, "bound": shown, "gap": max(0.0, (paid - shown) / paid)}))


def bound(head, person, product, tokens, department, one):
    """min over everything of the Lagrangian at these multipliers, in micro-units.

    Each set of wide offerings is tried for everybody; what it leaves open goes on tokens or on its own seat. A
    minimum is worth its price to whoever holds anything: so both are reckoned, the cheapest way with a seat, and
    the cheapest without.
    """
    offerings, people = head["offerings"], len(department)
    fine = float(1 << 16)
    tau = one["tokens"] / fine
    prices = np.array(
        [m / fine if o.get("tiers") else float(o["price"]) for o, m in zip(offerings, one["seats"])], dtype=float
    )
    wide = [j for j, o in enumerate(offerings) if o["covers"].bit_count() > 1]
    own = np.full(len(head["on_flex"]), np.inf)
    for j, offering in enumerate(offerings):
        if offering["covers"].bit_count() == 1:
            own[offering["covers"].bit_length() - 1] = prices[j]
    on_flex = np.array(head["on_flex"])[product]
    token_cost = np.where(on_flex, tokens * tau, np.inf)
    seat_cost = own[product]
    either = np.minimum(token_cost, seat_cost)
    takes = seat_cost < token_cost
    bare, seated = np.full(people, np.inf), np.full(people, np.inf)
    for mask in range(1 << len(wide)):
        chosen = [j for place, j in enumerate(wide) if mask >> place & 1]
        union = 0
        for j in chosen:
            union |= offerings[j]["covers"]
        open_ = (np.uint64(union) >> product.astype(np.uint64) & np.uint64(1)) == 0
        base = float(sum(prices[j] for j in chosen))
        least = base + np.bincount(person, np.where(open_, either, 0.0), people)
        if mask:
            seated = np.minimum(seated, least)
            continue
        any_seat = np.bincount(person, takes, people) > 0
        extra = np.full(people, np.inf)
        np.minimum.at(extra, person, seat_cost - either)
        bare = np.bincount(person, token_cost, people)
        seated = np.minimum(seated, np.where(any_seat, least, least + extra))
    nu = np.zeros(people)
    total = 0.0
    for (number, least), multiplier in zip(head["minima"], one["minima"]):
        nu[department == number] = multiplier / fine
        total += least * multiplier / fine
    total += np.minimum(bare, seated - nu).sum()
    total += min(min((price - tau) * lo, (price - tau) * hi) for lo, price, hi in one["bands"])
    for j, offering in enumerate(offerings):
        if offering.get("tiers"):
            low, high = one["held"][j]
            tiers = [[0, offering["price"]]] + offering["tiers"]
            top = min(high, max(people, tiers[-1][0]))
            ends = [t[0] - 1 for t in tiers[1:]] + [top]
            total += min(
                cost * held - prices[j] * held
                for (start, cost), end in zip(tiers, ends)
                for held in (max(start, low), min(end, top))
                if max(start, low) <= min(end, top)
            )
    return total


def main():
    command, rest = sys.argv[1], sys.argv[2:]
    if command == "make":
        make(int(rest[0]), rest[1], "coupled" in rest[2:])
    elif command == "solve":
        solve(rest[0], float(rest[1]))
    else:
        check(rest[0], rest[1])


main()
