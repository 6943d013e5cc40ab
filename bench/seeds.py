#!/usr/bin/env python3
"""The tables of docs/seeds.md, in Markdown, from the summary.json of a study over many seeds. Needs no packages.

  seeds.py runs/hundred-seeds/summary.json
"""
import json
import sys


def deviations(values):
    return [value - sum(values) / len(values) for value in values]


def correlation(first, second):
    a, b = deviations(first), deviations(second)
    return sum(x * y for x, y in zip(a, b)) / (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5


def spread_table(spread):
    print("| panel | weak error | student error | ceiling | misfit | gain | gain / misfit | correlation | collapsed |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, panel in spread.items():
        cells = []
        for measure in ("weak_error", "student_error", "strong_error", "misfit", "gain", "gain_over_misfit", "correlation"):
            values = panel["statistics"][measure]
            form = ".1e" if abs(values["mean"]) < 1e-3 else ".3f"
            cells.append(f"{values['mean']:{form}} ± {values['standard_deviation']:{form}}")
        print(f"| {name} | " + " | ".join(cells) + f" | {', '.join(map(str, panel['collapsed_seeds'])) or 'none'} |")


def ratio_table(panels, names):
    print("| panel | least | 5 % | 25 % | median | 75 % | 95 % | most | seeds with gain > 0 | correlation with ceiling / weak error |")
    print("|---|" + "---:|" * 9)
    for name in names:
        rows = sorted((panel["statistics"]["gain_over_misfit"], panel["statistics"]) for panel in panels[name].values())
        ratios = [ratio for ratio, _ in rows]
        places = [ratios[round(share * (len(ratios) - 1))] for share in (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)]
        against = correlation(ratios, [measures["strong_error"] / measures["weak_error"] for _, measures in rows])
        print(f"| {name} | " + " | ".join(f"{place:.2f}" for place in places) + f" | {sum(ratio > 0 for ratio in ratios)} | {against:.2f} |")


def furthest_table(panels, names):
    print("| panel, seed | gain / misfit | weak error | ceiling | weak heads explain | strong heads explain | effective ranks, weak and strong |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for name in names:
        expected = -1 if name.startswith("fig3") else 1
        rows = sorted(panels[name].items(), key=lambda item: item[1]["statistics"]["gain_over_misfit"] * expected)
        for seed, panel in rows[:3]:
            weak, strong = panel["representations"]
            measures = panel["statistics"]
            print(f"| {name}, {seed} | {measures['gain_over_misfit']:.2f} | {measures['weak_error']:.3f} | {measures['strong_error']:.3g} | {weak['explained']:.0%} | "
                  f"{strong['explained']:.0%} | {weak['effective_rank']:.1f}, {strong['effective_rank']:.1f} |")


def main():
    with open(sys.argv[1]) as file:
        summary = json.load(file)
    names = list(summary["spread"])
    panels = {name: {panel["seed"]: panel for panel in summary["panels"] if panel["panel"] == name} for name in names}
    spread_table(summary["spread"])
    print()
    ratio_table(panels, names)
    print()
    furthest_table(panels, ("fig2b", "fig3a", "fig3c"))


if __name__ == "__main__":
    main()
