"""Turns SMILES corpora into a prepared corpus with RDKit. Started by `data prepare`, never by hand: prepare.py JOB.json

The job names the files, and the folder to write to. Work is done in parts that are kept when it is stopped, so that
the same job goes on where it was. Progress goes to stdout as lines "progress DONE TOTAL".
"""
import csv, gzip, hashlib, io, json, multiprocessing, os, random, re, sys
import numpy

numpy.float = float  # RDKit 2022.09's Ipc still uses the alias that NumPy 1.24 dropped.
from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem import Descriptors

RDLogger.DisableLog("rdApp.*")
PART = 500
ATOM = re.compile(r"\[[^\]]*\]|Br|Cl|[BCNOPSFIbcnops*]")
UNREADABLE, PARTLY, LOST = "not readable as SMILES", "has a blank or a character that is not ASCII", "has other atoms once RDKit has read it"
NO_KEKULE, DUPLICATE, EXCLUDED = "cannot be sanitised or kekulised", "repeats an earlier molecule", "is in an excluded set"
RENAMED = {"frechet_r": "weibull_min", "gilbrat": "gibrat", "reciprocal": "loguniform"}
job = {}


def molecule_of(smiles, **options):
    """RDKit stops at a blank or a character that is not ASCII and returns what came before, so nothing else may reach it."""
    if not all("!" <= letter <= "~" for letter in smiles):
        raise ValueError(PARTLY)
    return Chem.MolFromSmiles(smiles, **options)


def standardised(smiles):
    """MolBERT's form: every sanitisation but the clean-up, then kekulised, in the order in which the atoms came.

    As there, a check that fails stops nothing: without the clean-up a nitro group written N(=O)=O has a valence too many.
    """
    molecule = molecule_of(smiles, sanitize=False)
    if molecule is None:
        raise ValueError(UNREADABLE)
    atoms = len(ATOM.findall(smiles))
    if molecule.GetNumAtoms() != atoms:
        raise ValueError(LOST)
    try:
        Chem.SanitizeMol(molecule, Chem.SanitizeFlags.SANITIZE_ALL ^ Chem.SanitizeFlags.SANITIZE_CLEANUP, catchErrors=True)
        Chem.Kekulize(molecule, clearAromaticFlags=True)
        kekulised = Chem.MolToSmiles(molecule, kekuleSmiles=True, canonical=False)
    except Exception:
        raise ValueError(NO_KEKULE)
    if len(ATOM.findall(kekulised)) != atoms:
        raise ValueError(LOST)
    return kekulised


def renumbered(molecule, name):
    order = list(range(molecule.GetNumAtoms()))
    random.Random(name).shuffle(order)
    return standardised(Chem.MolToSmiles(Chem.RenumberAtoms(molecule, order), canonical=False))


def raw_descriptors(molecule, names, functions, failures):
    values = numpy.zeros(len(names))
    for column, name in enumerate(names):
        try:
            values[column] = functions[name](molecule) if name in functions else 0
        except Exception:
            failures[name] = failures.get(name, 0) + 1
    return numpy.where(numpy.isfinite(values), values, 0)


def normalised(values, distributions):
    """Each column through the cumulative distribution that MolBERT fitted to it: [molecules, descriptors], all in 0 to 1."""
    from scipy import stats
    result = numpy.zeros(values.shape, dtype=numpy.float32)
    for column, (family, parameters, low, high, *_) in enumerate(distributions.values()):
        if not hasattr(stats, family):
            family = RENAMED[family]
        shares = getattr(stats, family).cdf(numpy.clip(values[:, column], low, high), *parameters[:-2], loc=parameters[-2], scale=parameters[-1])
        result[:, column] = numpy.clip(numpy.nan_to_num(shares, nan=0.0), 0, 1)
    return result


def make_part(work):
    index, smiles = work
    path = os.path.join(job["folder"], f"part-{index:06d}.json")
    if os.path.exists(path):
        return len(smiles)
    numpy.seterr(all="ignore")
    functions = dict(Descriptors._descList)
    distributions = job["distributions"]
    rows, vectors, failures = [], [], {}
    for offset, text in enumerate(smiles):
        try:
            kekulised = standardised(text)
            molecule = molecule_of(text)
            if molecule is None:
                raise ValueError(NO_KEKULE)
            others = [renumbered(molecule, f"{job['seed']} {index * PART + offset} {turn}") for turn in range(job["renumberings"])]
        except ValueError as error:
            rows.append([text, str(error), None, None, []])
            continue
        rows.append([text, None, Chem.MolToSmiles(molecule), kekulised, others])
        if distributions:
            vectors.append(raw_descriptors(molecule, list(distributions), functions, failures))
    if distributions:
        values = numpy.array(vectors).reshape(len(vectors), len(distributions))
        numpy.save(path + ".tmp.npy", normalised(values, distributions))
        os.replace(path + ".tmp.npy", path + ".npy")
    with open(path + ".tmp", "w") as file:
        json.dump({"rows": rows, "failures": failures}, file)
    os.replace(path + ".tmp", path)  # last, so that a part that has its name is whole
    return len(smiles)


def column_of(path):
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with (gzip.open if packed else open)(path, "rt", encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        place = [name.strip().lower() for name in next(rows)].index("smiles")
        return [row[place].strip() for row in rows if len(row) > place and row[place].strip()]


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(file.read()).hexdigest()


def canonical(smiles):
    try:
        molecule = molecule_of(smiles)
    except ValueError:
        return None
    return None if molecule is None else Chem.MolToSmiles(molecule)


def main():
    with open(sys.argv[1]) as file:
        job.update(json.load(file))
    job["distributions"] = json.load(open(job["distributions"])) if job["distributions"] else None
    folder = job["folder"]
    sources, smiles, seen, repeats = [], [], set(), 0
    for path in job["corpora"]:
        rows = column_of(path)
        new = [text for text in dict.fromkeys(rows) if text not in seen]
        seen.update(new)
        smiles += new
        repeats += len(rows) - len(new)
        sources.append({"file": os.path.basename(path), "sha256": sha256(path), "rows": len(rows)})
    excluded = {canonical(text) for path in job["exclude"] for text in column_of(path)}
    if job["limit"] and job["limit"] < len(smiles):
        smiles = [smiles[place] for place in sorted(random.Random(job["seed"]).sample(range(len(smiles)), job["limit"]))]

    parts = [(index, smiles[start:start + PART]) for index, start in enumerate(range(0, len(smiles), PART))]
    done = 0
    print(f"progress 0 {len(smiles)}", flush=True)
    with multiprocessing.get_context("fork").Pool(job["jobs"]) as pool:
        for count in pool.imap_unordered(make_part, parts):
            done += count
            print(f"progress {done} {len(smiles)}", flush=True)

    molecules, skipped, failures, vectors = set(), {}, {}, []
    if repeats:
        skipped[DUPLICATE] = repeats
    with open(os.path.join(folder, "molecules.csv"), "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["smiles", "kekulised"] + [f"renumbered_{turn + 1}" for turn in range(job["renumberings"])])
        for index, _ in parts:
            path = os.path.join(folder, f"part-{index:06d}.json")
            part = json.load(open(path))
            kept, readable = [], 0
            for text, reason, form, kekulised, others in part["rows"]:
                if reason is None:
                    readable += 1
                    reason = EXCLUDED if form in excluded else DUPLICATE if form in molecules else None
                if reason is not None:
                    skipped[reason] = skipped.get(reason, 0) + 1
                    continue
                molecules.add(form)
                kept.append(readable - 1)
                table.writerow([text, kekulised] + others)
            if job["distributions"]:
                vectors.append(numpy.load(path + ".npy")[kept])
            for name, count in part["failures"].items():
                failures[name] = failures.get(name, 0) + count
    files = ["molecules.csv"]
    if job["distributions"]:
        numpy.save(os.path.join(folder, "descriptors.npy"), numpy.concatenate(vectors).astype("<f4"))
        files.append("descriptors.npy")
    known = dict(Descriptors._descList)
    names = list(job["distributions"] or [])
    summary = {
        "molecules": len(molecules), "renumberings": job["renumberings"], "sources": sources,
        "excluded": [os.path.basename(path) for path in job["exclude"]], "limit": job["limit"], "seed": job["seed"], "skipped": skipped,
        "rdkit": rdBase.rdkitVersion, "descriptors": names, "missing_descriptors": [name for name in names if name not in known],
        "failed_descriptors": failures, "sha256": {name: sha256(os.path.join(folder, name)) for name in files},
    }
    with open(os.path.join(folder, "corpus.json"), "w") as file:
        json.dump(summary, file, indent=2)
    for name in os.listdir(folder):
        if name.startswith("part-"):
            os.remove(os.path.join(folder, name))


if __name__ == "__main__":
    main()
