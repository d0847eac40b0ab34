"""Average linkage over the rows of a sparse matrix: which rows belong together."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
from scipy import sparse


def unit(matrix: Any) -> Any:
    """The rows at length 1."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    return sparse.csr_matrix(sparse.diags(1 / lengths) @ matrix)


def neighbours(matrix: Any, least: float, block: int = 512) -> Any:
    """The pairs of rows that are at least so near, as a symmetric sparse matrix without its diagonal."""
    turned = matrix.T.tocsr()
    found = []
    for begin in range(0, matrix.shape[0], block):
        near = (matrix[begin : begin + block] @ turned).tocoo()
        keep = near.data >= least
        rows = near.row[keep] + begin
        other = rows != near.col[keep]
        found.append((rows[other], near.col[keep][other], near.data[keep][other]))
    if not found:
        return sparse.csr_matrix((0, 0))
    rows, columns, values = (np.concatenate(part) for part in zip(*found, strict=True))
    return sparse.csr_matrix((values, (rows, columns)), shape=(matrix.shape[0],) * 2)


def cluster(matrix: Any, least: float) -> Any:
    """Group rows by average linkage over the pairs that are near at all; returns the group of each row.

    The two groups with the highest mean nearness are joined, as long as it is at least `least`; pairs that are not
    near at all count as 0, so that no chain of in-betweens joins what has nothing in common.
    """
    count = matrix.shape[0]
    near = neighbours(matrix, least * 0.5)
    links: list[dict[int, float]] = [
        dict(zip(near.indices[a:b].tolist(), near.data[a:b].tolist(), strict=True))
        for a, b in zip(near.indptr[:-1], near.indptr[1:], strict=True)
    ]
    size = [1] * count
    parent = list(range(count))
    alive = [True] * count
    heap = [(-s, i, j) for i in range(count) for j, s in links[i].items() if i < j and s >= least]
    heapq.heapify(heap)
    while heap:
        score, i, j = heapq.heappop(heap)
        if not (alive[i] and alive[j]):
            continue
        mean = links[i].get(j, 0.0) / (size[i] * size[j])
        if abs(mean + score) > 1e-9:
            continue
        if len(links[i]) < len(links[j]):
            i, j = j, i
        alive[j], parent[j] = False, i
        links[i].pop(j, None)
        links[j].pop(i, None)
        size[i] += size[j]
        for k, total in links[j].items():
            links[k].pop(j, None)
            summed = links[i].get(k, 0.0) + total
            links[i][k] = links[k][i] = summed
        links[j] = {}
        for k, total in links[i].items():
            mean = total / (size[i] * size[k])
            if mean >= least:
                heapq.heappush(heap, (-mean, min(i, k), max(i, k)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    return np.array([root(k) for k in range(count)])


def sorted_by(labels: Any) -> list[list[int]]:
    """The rows of each label that several have."""
    found: dict[int, list[int]] = {}
    for k, label in enumerate(labels.tolist()):
        found.setdefault(label, []).append(k)
    return [members for members in found.values() if len(members) > 1]
