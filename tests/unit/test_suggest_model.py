"""The learned model: it learns, it says how sure it is and why, odd texts do not harm it, its file reads back."""

from __future__ import annotations

import csv
import json
from random import Random

import pytest
from click.testing import CliRunner

from sanshe.kernel.errors import Invalid

KINDS = {
    "停车": ("车位不够停", "车乱停在门口", "地锁占着车位", "来客没处停车", "车库停满了"),
    "噪声": ("半夜还在施工", "歌厅吵得睡不着", "喇叭声音太大", "外机嗡嗡响", "凌晨打桩的响声"),
    "漏水": ("屋顶漏水", "墙面渗水发霉", "水管滴水不停", "卫生间漏到楼下", "下雨就渗进来"),
}
WHERE = ("三栋门口", "小区东门", "菜场旁边", "湖边步道", "五单元", "车库入口", "幼儿园外面", "社区广场")


def invented(count: int, seed: int = 1) -> tuple[list[str], list[str]]:
    """Texts put together by chance, with their kind."""
    rng = Random(seed)
    kinds = [rng.choice(list(KINDS)) for _ in range(count)]
    return [f"{rng.choice(WHERE)}，{rng.choice(KINDS[k])}，请来看看。{rng.choice(KINDS[k])}" for k in kinds], kinds


@pytest.fixture(scope="module")
def model():
    from sanshe.matters.suggesting.learning import learn

    return learn(*invented(240))


def test_it_learns_and_says_why(model):
    texts, kinds = invented(80, seed=2)
    answers = model.answer(texts)
    assert [a.label for a in answers] == kinds
    assert all(0.5 < a.sure <= 1 for a in answers)
    why = model.answer(["湖边步道，屋顶漏水，请来看看。"])[0].words
    assert why and any("漏" in word or "水" in word for word in why)
    assert not any(word in ("请来", "看看", "湖边") for word in why[:1])
    assert model.about["texts"] == 240 and model.about["classes"] == 3 and model.about["accuracy"] > 0.9


@pytest.mark.parametrize(
    "text", ["", "啊", "😀😀🎉", "這裡漏水很久了", "x" * 50_000, "屋" * 50_000, "\0\ud800￿", "ASDF jkl; 123", "\n\t "]
)
def test_odd_texts_are_answered_and_strange_ones_known_as_such(model, text):
    answer = model.answer([text])[0]
    assert answer.label in KINDS and 0 <= answer.sure <= 1
    assert model.familiar(text) < 0.3 or "漏水" in text


def test_the_file_reads_back_the_same(model, tmp_path):
    from sanshe.matters.suggesting.model import Model

    texts, _ = invented(30, seed=3)
    model.save(tmp_path / "m.npz")
    again = Model.load(tmp_path / "m.npz")
    assert [(a.label, a.words) for a in again.answer(texts)] == [(a.label, a.words) for a in model.answer(texts)]
    assert [a.sure for a in again.answer(texts)] == pytest.approx([a.sure for a in model.answer(texts)], abs=0.02)
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04")
    with pytest.raises((OSError, ValueError, KeyError, Exception)):
        Model.load(tmp_path / "broken.npz")


def test_learning_twice_gives_the_same(model):
    from sanshe.matters.suggesting.learning import TooFew, learn

    again = learn(*invented(240))
    assert (again.weights == model.weights).all() and again.steps == model.steps
    with pytest.raises(TooFew):
        learn(["一样", "一样"], ["a", "a"])


def test_figures_are_what_they_are_called():
    import numpy as np

    from sanshe.matters.suggesting.measure import folds, macro_f1, rightness

    right, told = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0])
    assert macro_f1(right, told, 3) == pytest.approx((0.5 + 0.8 + 0) / 3)
    found = rightness(right, told, np.array([0.9, 0.3, 0.8, 0.7, 0.1]), 3)
    assert found["accuracy"] == 0.6 and found["coverage_80"] == 0.8 and found["accuracy_at_80"] == 0.75
    labels = ["a"] * 10 + ["b"] * 5
    parts = folds(labels)
    assert sorted(row for _, test in parts for row in test) == list(range(15))
    assert all([labels[row] for row in test].count("b") == 1 for _, test in parts)


def test_the_commands_print_one_line(tmp_path):
    from sanshe.matters.triage_cli import triage

    for name, seed in (("a", 1), ("b", 2)):
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([("内容", "部门"), *zip(*invented(120, seed), strict=True), ("", "漏水")])
    columns = ["--text", "内容", "--label", "部门"]
    a, b = str(tmp_path / "a.csv"), str(tmp_path / "b.csv")
    told = CliRunner().invoke(triage, ["evaluate", "--train", a, "--test", b, *columns])
    found = json.loads(told.output)
    assert told.output.count("\n") == 1 and found["n"] == 120 and found["macro_f1"] > 0.9
    assert {"accuracy", "coverage_90", "accuracy_at_90", "accuracy_at_80", "messages_per_second"} <= set(found)
    assert found["seconds_to_learn"] > 0 and 0 <= found["also_in_train"] < 120
    told = CliRunner().invoke(triage, ["learn", a, *columns, "--to", str(tmp_path / "m")])
    assert json.loads(told.output)["classes"] == 3 and (tmp_path / "m.npz").exists()
    wrong = CliRunner().invoke(triage, ["learn", a, "--text", "没有", "--label", "部门"])
    assert isinstance(wrong.exception, Invalid) and "现有的列：内容、部门" in wrong.exception.sentence
