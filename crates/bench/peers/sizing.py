"""Monte-Carlo years of a pool by numpy: `sizing.py model FILE`, or `sizing.py years FILE YEARS SEED`.

`model` writes the parameters that both sides use: chance of use, tokens of a use and group of each of 30,000
people, and each day's factor. `years` draws that many years, each person-day a Bernoulli draw, and prints JSON: the
CPU seconds of drawing, and the totals.
"""

import json
import sys
import time

import numpy as np

PEOPLE, DAYS, GROUPS, SIGMA = 30_000, 365, 60, 0.25


def model():
    rng = np.random.default_rng(5)
    chance = rng.beta(0.6, 6, PEOPLE)
    tokens = rng.choice([1, 2, 3, 4, 6, 7, 9, 12], PEOPLE)
    group = rng.integers(0, GROUPS, PEOPLE)
    day = np.arange(DAYS)
    factor = (1 + 0.25 * np.sin(day / DAYS * 2 * np.pi)) * np.where(day % 7 < 5, 1, 0.07)
    return {
        "chance": chance.tolist(),
        "tokens": tokens.tolist(),
        "group": group.tolist(),
        "days": factor.tolist(),
        "groups": GROUPS,
        "sigma": SIGMA,
    }


def years(parameters, count, seed):
    rng = np.random.default_rng(seed)
    chance, tokens, group = (np.asarray(parameters[key]) for key in ("chance", "tokens", "group"))
    totals = np.empty(count)
    begun = time.process_time()
    for year in range(count):
        factor = rng.lognormal(0, parameters["sigma"], parameters["groups"])[group]
        total = 0.0
        for day in parameters["days"]:
            total += tokens[rng.random(len(chance)) < np.minimum(1, chance * factor * day)].sum()
        totals[year] = total
    return time.process_time() - begun, totals


def main():
    if sys.argv[1] == "model":
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            json.dump(model(), file)
        return
    with open(sys.argv[2], encoding="utf-8") as file:
        parameters = json.load(file)
    cpu, totals = years(parameters, int(sys.argv[3]), int(sys.argv[4]))
    print(json.dumps({"cpu": cpu, "totals": totals.tolist()}))


main()
