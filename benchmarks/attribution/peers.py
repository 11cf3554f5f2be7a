"""Runs one model of one peer on one file; started by ``run.py`` with the peers' own interpreter."""

from __future__ import annotations

import sys


def channelattribution(model: str, file: str) -> object:
    import ChannelAttribution
    import pandas

    read = pandas.read_csv if file.endswith(".csv") else pandas.read_parquet
    data = read(file), "path", "total_conversions", "total_conversion_value"
    if model == "heuristics":
        return ChannelAttribution.heuristic_models(*data, flg_pro=False)
    return ChannelAttribution.markov_model(
        *data, var_null="total_null", verbose=False, flg_pro=False
    )


def mam(model: str, file: str) -> object:
    import polars
    from mam.core import MAM

    read = polars.read_csv if file.endswith(".csv") else polars.read_parquet
    data = read(file).select(
        journey="path",
        conversion=polars.col("total_conversions") > 0,
        occurrences=polars.lit(1),
    )
    journeys = MAM(
        df=data,
        format_type="grouped_journey",
        channels_colname="journey",
        journey_with_conv_colname="conversion",
        occurrences_colname="occurrences",
    )
    if model == "heuristics":
        return [
            journeys.run_first_click(),
            journeys.run_last_click(),
            journeys.run_linear(),
            journeys.run_position_based(),
        ]
    return journeys.run_markov() if model == "markov" else journeys.run_shapley()


if __name__ == "__main__":
    tool, wanted, where = sys.argv[1:]
    print({"channelattribution": channelattribution, "mam": mam}[tool](wanted, where))
