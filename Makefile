# `make demo` and `make test` are all that a newcomer needs; the rest are their parts.

SHELL := bash
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:/usr/local/bin:$(PATH)
TARGET := $(or $(CARGO_TARGET_DIR),target)

.DEFAULT_GOAL := help
.PHONY: help demo test build web bench clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: ## install what is missing, build, and start the demonstration (ARGS="--listen …")
	@tools/bootstrap.sh --for demo
	@$(MAKE) --no-print-directory web
	@cargo build --release --locked -p faregate
	@exec $(TARGET)/release/faregate demo $(ARGS)

test: ## install what is missing, and run every check (STEPS="fmt clippy" for some)
	@tools/bootstrap.sh --for test
	@CARGO_INCREMENTAL=0 cargo xtask ci $(STEPS)

build: web ## the release binaries, page included
	@cargo build --release --locked -p faregate --features lake
	@cargo build --release --locked -p faregate-agent

web: ## the page, when a source changed
	@tools/web.sh build

bench: ## the benchmarks
	@cargo run --release --locked -p faregate-bench -- $(ARGS)

clean: ## remove what the builds made
	@cargo clean
	@rm -rf web/dist web/node_modules web/test-results web/playwright-report artifacts
