# SPDX-License-Identifier: BSD-2-Clause
# The human face of CMakePresets.json.

# Most tests wait as long as they work.
JOBS = $(shell expr $$(nproc) \* 2)
SANITIZED = ctest --test-dir build-$@ --output-on-failure -j$(JOBS) -L '^(unit|vector|sim|interop|fuzz)$$'

.PHONY: build test demo asan tsan fuzz fault interop bench format lint install deps

build:
	@cmake --preset build
	@cmake --build --preset build

test:
	@scripts/test

demo:
	@scripts/demo

asan tsan:
	@cmake --preset $@
	@cmake --build --preset $@
	@$(SANITIZED)

fault: build
	@tests/fault/run

fuzz:
	@scripts/fuzz

interop lint: build
	@ctest --test-dir build --output-on-failure -j$(JOBS) -L '^$@$$'

bench: build
	@bench/run

format:
	@tests/lint/format.sh --fix

install: build
	@cmake --install build

deps:
	@scripts/deps
