"""to_npy.py CLASSES.csv OUT.npy: a column of whole numbers as an array."""
import sys

import numpy as np

np.save(sys.argv[2], np.loadtxt(sys.argv[1], skiprows=1).astype("i8"))
