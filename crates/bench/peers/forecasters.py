"""Forecasts by statsforecast: `forecasters.py MODEL TASKS DAYS`.

TASKS is a JSON list of series. Prints JSON: CPU seconds without imports and compilation, and for each task
the mean and the ends of the 80 % and 95 % intervals of each day.
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import MSTL, AutoETS, AutoTheta, SeasonalNaive

warnings.filterwarnings("ignore")
MODELS = {
    "SeasonalNaive": lambda: SeasonalNaive(7),
    "AutoETS": lambda: AutoETS(season_length=7),
    "AutoTheta": lambda: AutoTheta(season_length=7),
    "MSTL": lambda: MSTL(season_length=[7]),
}


def forecast(name, tasks, days):
    frame = pd.concat(
        pd.DataFrame({"unique_id": number, "ds": np.arange(len(task)), "y": np.asarray(task, dtype=float)})
        for number, task in enumerate(tasks)
    )
    model = StatsForecast(models=[MODELS[name]()], freq=1, n_jobs=1)
    begun = time.process_time()
    found = model.forecast(df=frame, h=days, level=[80, 95])
    return found, time.process_time() - begun


def main():
    name, days = sys.argv[1], int(sys.argv[3])
    with open(sys.argv[2], encoding="utf-8") as file:
        tasks = json.load(file)
    # What is compiled when it is first called is not counted.
    forecast(name, [tasks[0][-120:]], days)
    found, cpu = forecast(name, tasks, days)
    lists = {
        key: found[column].to_numpy().reshape(len(tasks), days).tolist()
        for key, column in {
            "mean": name,
            "low80": f"{name}-lo-80",
            "high80": f"{name}-hi-80",
            "low95": f"{name}-lo-95",
            "high95": f"{name}-hi-95",
        }.items()
    }
    print(json.dumps({"cpu": cpu} | lists))


main()
