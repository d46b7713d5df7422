"""The peer: faiss as Debian packages it, one thread, one query at a time. Reads packed hashes and questions, prints JSON.

IndexBinaryMultiHash with 16 hash maps of 16 bits and one flip is what HMA configures for PDQ. faiss counts a match when
the distance is below the radius, so 31 is asked for as 32.
"""

import json
import sys
import time

import faiss
import numpy as np

BITS, RADIUS = 256, 32


def packed(path):
    return np.fromfile(path, dtype=np.uint8).reshape(-1, BITS // 8)


def measure(index, asked, budget_s):
    times, found = [], 0
    began = time.perf_counter()
    for at in range(len(asked)):
        start = time.perf_counter()
        limits, _, _ = index.range_search(asked[at : at + 1], RADIUS)
        times.append(time.perf_counter() - start)
        found += int(limits[-1])
        if time.perf_counter() - began > budget_s and len(times) >= 8:
            break
    times.sort()
    return {
        "asked": len(times),
        "found": found,
        "p50": times[len(times) // 2] * 1e6,
        "p99": times[min(len(times) - 1, int(len(times) * 0.99))] * 1e6,
    }


def main():
    hashes, asked, budget_s = packed(sys.argv[1]), packed(sys.argv[2]), float(sys.argv[3])
    faiss.omp_set_num_threads(1)
    flat = faiss.IndexBinaryFlat(BITS)
    flat.add(hashes)
    result = {"version": faiss.__version__, "flat": measure(flat, asked, budget_s)}
    del flat
    multi = faiss.IndexBinaryMultiHash(BITS, 16, 16)
    multi.nflip = 1
    start = time.perf_counter()
    multi.add(hashes)
    build_s = time.perf_counter() - start
    result["multi"] = measure(multi, asked, budget_s) | {"buildUs": build_s * 1e6 / len(hashes)}
    print(json.dumps(result))


main()
