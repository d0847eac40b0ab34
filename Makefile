# make setup · make demo · make test · make check · make bench · make fmt · make docs
# Everything is installed below this folder; a second run finds it done and takes under a second.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.ONESHELL:
.SILENT:
MAKEFLAGS += --no-print-directory
export LANG := C.UTF-8
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

# An environment names its own folder in every script, so a copied checkout would run the original's code.
ifneq ($(wildcard $(VENV)/.home),)
ifneq ($(shell cat $(VENV)/.home),$(CURDIR))
$(shell rm -rf $(VENV))
endif
endif

.PHONY: help setup demo test check bench fmt docs browser

help:
	echo "make setup   安装所需的一切，不启动任何程序"
	echo "make demo    启动演示，地址 http://localhost:8000，按 Ctrl-C 停止"
	echo "make test    运行全部测试"
	echo "make check   检查代码、类型、模块边界、迁移和生成的文档"
	echo "make bench   测量速度"
	echo "make fmt     整理代码格式"
	echo "make docs    重新生成 docs/reference"

setup: $(VENV)/.dev static

demo: $(VENV)/.run static
	exec $(BIN)/sanshe demo

# Run once more on the newest other PostgreSQL that is on the machine: what writes SQL by hand or leans on locks,
# triggers and COPY, for an older version could answer it otherwise.
OTHER_VERSION := $(foreach part,accounts areas_time deliberation_races encrypted_fields floods indicators jobs \
	kernel_access_flow kernel_audit kernel_http matters_hot matters_merging matters_race matters_simulate people_index \
	registers search sheets simulation,tests/db/test_$(part).py)

test: setup browser
	$(BIN)/pytest -n 2
	other=$$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
	if [ -z "$${DATABASE_URL:-}" ] && [ -x "$$other/postgres" ]; then
		echo "再用 $$("$$other/postgres" --version) 运行一遍自己写 SQL 的部分："
		SANSHE_PG_BIN="$$other" $(BIN)/pytest -n 2 $(OTHER_VERSION)
	fi

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p sanshe
	$(BIN)/lint-imports
	$(BIN)/sanshe manage makemigrations --check --dry-run
	$(BIN)/sanshe docs --check
	$(BIN)/pytest -q tests/house
	echo "检查全部通过。"

bench: setup
	exec $(BIN)/python -m bench

fmt: setup
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

docs: setup
	exec $(BIN)/sanshe docs

# -- what is installed ------------------------------------------------------------------------------

$(BIN)/python:
	if [ -z "$(PYTHON)" ]; then
		echo "需要 Python 3.11 或更高的版本，没有找到；请先安装（Debian、Ubuntu：apt install python3 python3-venv）。" >&2
		exit 1
	fi
	echo "正在建立 Python 环境……"
	if ! $(PYTHON) -m venv $(VENV); then
		rm -rf $(VENV)
		echo "没有建成 Python 环境；请先安装 venv（Debian、Ubuntu：apt install python3-venv）。" >&2
		exit 1
	fi

# The demo needs less than the tests do, and a first look should not wait for the rest.
$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	echo "正在安装 Python 依赖……"
	said=$$({ $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock &&
	$(BIN)/python -m pip install --quiet --no-deps -e . ; } 2>&1) || {
		echo "$$said" >&2
		echo "Python 依赖没有装成，请检查网络后再运行一次。" >&2
		exit 1
	}
	echo "$(CURDIR)" > $(VENV)/.home
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	echo "正在安装测试所需的 Python 依赖……"
	said=$$($(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock 2>&1) || {
		echo "$$said" >&2
		echo "Python 依赖没有装成，请检查网络后再运行一次。" >&2
		exit 1
	}
	touch $@

node_modules/.done: package-lock.json package.json .npmrc
	if ! command -v npm >/dev/null; then
		echo "需要 Node.js 20 或更高的版本（含 npm），没有找到；请先安装。" >&2
		exit 1
	fi
	if ! node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; then
		echo "Node.js 太旧（$$(node --version)），需要 20 或更高的版本。" >&2
		exit 1
	fi
	echo "正在安装浏览器端的程序库……"
	npm ci --loglevel=error || { echo "浏览器端的程序库没有装成，请检查网络后再运行一次。" >&2; exit 1; }
	touch $@

.PHONY: static
static: node_modules/.done | $(BIN)/python
	$(BIN)/python -m sanshe.web.vendor >/dev/null

# The journeys drive a real Chromium, and without Chinese fonts its screenshots show boxes. Debian's shell without
# windows takes half the time; where it can not be had, the whole Chromium serves as well.
browser:
	missing="" shell=""
	command -v chromium-headless-shell >/dev/null || shell="chromium-headless-shell"
	[ -z "$$shell" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing="chromium"
	{ command -v fc-list >/dev/null && [ -n "$$(fc-list :lang=zh family)" ]; } || missing="$$missing fontconfig fonts-noto-cjk"
	[ -n "$$missing$$shell" ] || exit 0
	as_root=""
	if [ "$$(id -u)" != 0 ]; then as_root="sudo -n"; fi
	if command -v apt-get >/dev/null && $$as_root true 2>/dev/null; then
		echo "正在安装测试所需的系统软件：$$missing $$shell……"
		export DEBIAN_FRONTEND=noninteractive
		$$as_root apt-get update -qq >/dev/null || true
		if [ -n "$$shell" ] && $$as_root apt-get install -y -qq --no-install-recommends $$shell >/dev/null 2>&1; then
			missing="$${missing/chromium/}"
		fi
		[ -n "$${missing// /}" ] || exit 0
		$$as_root apt-get install -y -qq --no-install-recommends $$missing >/dev/null && exit 0
	fi
	[ -n "$$missing" ] || exit 0
	echo "浏览器测试需要系统软件 $$missing，没有找到，也没能自动安装；请先安装再运行 make test。" >&2
	exit 1
