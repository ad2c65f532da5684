# `make help` lists the targets. Everything runs in .venv, which env.sh makes.
PYTHON_BIN := .venv/bin/python
SHELL_FILES := env.sh .ci/run tests/consumers/install.sh egs/recipe.sh $(wildcard egs/*/*/run.sh)

VOICE := build/kathleen

CONSUMERS := build/consumers

.PHONY: help setup browser consumers test lint types smoke bench gpu demo voice

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv with everything developers need; instant the second time
	@sh env.sh dev

consumers: setup ## programs that speak with exported voices, for their tests, in build/consumers
	@sh tests/consumers/install.sh $(PYTHON_BIN) $(CONSUMERS)

browser: ## Chromium for the tests of the page, by apt as root; elsewhere any that is here is used
	@command -v chromium >/dev/null || ! command -v apt-get >/dev/null || [ "$$(id -u)" != 0 ] \
		|| { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null \
		|| echo "no Chromium could be installed: the tests of the page are skipped"

test: setup ## run the tests, in two processes on two or more cores
	@$(PYTHON_BIN) -m pytest -n logical --maxprocesses 2 --dist loadgroup

lint: setup ## ruff, its formatter, shellcheck and hadolint
	@$(PYTHON_BIN) -m ruff check .
	@$(PYTHON_BIN) -m ruff format --check .
	@PATH=".venv/bin:$$PATH" shellcheck $(SHELL_FILES)
	@PATH=".venv/bin:$$PATH" hadolint Containerfile

types: setup ## mypy, and basedpyright as editors run it
	@$(PYTHON_BIN) -m mypy
	@$(PYTHON_BIN) -m basedpyright tests/project/editors.py

smoke: setup ## the demo with 20 training steps, to check that all stages run
	@rm -rf ckpts/tts/smoke
	@sh egs/tts/FastPitch/run.sh --demo --name smoke --set train.max_steps=20

bench: setup ## the figures of docs/benchmarks.md
	@$(PYTHON_BIN) -m recital.bins.benchmark

gpu: ## what a GPU can show in 9 minutes: tests, speeds, profiles, in build/gpu; needs no set-up
	@$$( [ -x $(PYTHON_BIN) ] && echo $(PYTHON_BIN) || echo python3 ) -m recital.bins.benchmark gpu --out build/gpu --minutes 9

demo: ## train a small voice from scratch and listen to it
	@sh egs/tts/FastPitch/run.sh --demo

voice: setup ## retrain the voice of pretrained/ from the recordings in corpora/kathleen and corpora/nathalie
	@sh egs/tts/FastPitch/run.sh -c egs/tts/FastPitch/kathleen.json -n kathleen --stop_stage 2 --resume
	@set -e; from=kathleen; for step in ipa adversarial longer; do \
		sh egs/tts/FastPitch/run.sh -c egs/tts/FastPitch/kathleen_$$step.json -n kathleen_$$step --stage 2 --resume \
			--resume_from_ckpt_path ckpts/tts/$$from --resume_type finetune; \
		from=kathleen_$$step; done
	@sh egs/vocoder/SourceFilter/run.sh -c egs/vocoder/SourceFilter/kathleen.json -n kathleen --stop_stage 2 --resume
	@sh egs/vocoder/SourceFilter/run.sh -c egs/vocoder/SourceFilter/kathleen_refined.json -n kathleen_refined --stage 2 --resume \
		--resume_from_ckpt_path ckpts/vocoder/kathleen --resume_type finetune
	@rm -rf $(VOICE)
	@$(PYTHON_BIN) -m recital.bins.export --infer_expt_dir ckpts/tts/kathleen_longer --output_dir $(VOICE)/statements \
		--set model.duration_scale=1.08 --set model.deviation_scale=1.04 --set speech.gain_db=8.4 --set text.question_words=true
	@sh egs/tts/FastPitch/run.sh -c egs/tts/FastPitch/questions.json --stage 1
	@$(PYTHON_BIN) -m recital.bins.train_questions -c egs/tts/FastPitch/questions.json --infer_expt_dir $(VOICE)/statements \
		--output_dir $(VOICE)/acoustic
	@rm -r $(VOICE)/statements
	@$(PYTHON_BIN) -m recital.bins.export --infer_expt_dir ckpts/vocoder/kathleen_refined --output_dir $(VOICE)/vocoder
	@$(PYTHON_BIN) -m recital.bins.export --format onnx --infer_expt_dir $(VOICE) --output_dir $(VOICE)
