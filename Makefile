# The words of the house. `make help` lists them; CI runs lint, test, race and the
# newest of test-eureka1.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Settings, given as in `make sim SEED=7`.
ARGS     =
SEED     =
RUNS     =
BENCH    = .
ONLY     =
CLIENTS  = all

# The tests that run programs of others.
FOREIGN  = TestStartServer|TestClients|TestDifferential|TestWithTheRealServer
FUZZTIME = 20s

.DEFAULT_GOAL := help

.PHONY: help
help: ## list these words
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: run
run: build ## start a whole cluster on this machine: bin/heureka dev
	bin/heureka dev $(ARGS)

.PHONY: build
build: ## build the binaries into bin/
	go build -o bin/ ./write-node ./read-node ./heureka ./loadtest

.PHONY: test
test: ## run all tests
	go test -timeout=30m ./...

.PHONY: race
race: ## run all tests with the race detector; needs a C compiler
	go test -race -timeout=30m ./...

.PHONY: lint
lint: ## gofmt, go vet and staticcheck
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not formatted:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...

.PHONY: test-eureka1
test-eureka1: ## try Eureka 1 clients and servers of others: CLIENTS=newest, ONLY=part of a client's name
	go test -p 1 -count=1 -timeout=0 -v -parallel=2 -run '$(if $(ONLY),TestClients/$(ONLY)|TestDifferential/$(ONLY),$(FOREIGN))' ./internal/foreign ./internal/eurekatest ./bridge -args -clients=$(CLIENTS)

.PHONY: sim
sim: ## simulate the whole system with faults: SEED=first seed, RUNS=how many
	go test -count=1 -timeout=0 -v ./internal/simtest -args $(if $(SEED),-sim.seed=$(SEED)) $(if $(RUNS),-sim.runs=$(RUNS))

.PHONY: mutants
mutants: ## break the code on purpose, line by line, and see that it is noticed: ONLY=part of a name
	go test -count=1 -timeout=0 -v -run TestMutants ./internal/mutants -args -mutants.run $(if $(ONLY),-mutants.only='$(ONLY)')

.PHONY: measure
measure: ## measure clusters of processes: replication, joining, healing, storms: ONLY=part of a name
	go test -count=1 -timeout=0 -v -run 'TestMeasure.*$(ONLY)' ./internal/clustertest -args -measure $(ARGS)

.PHONY: bench
bench: ## run benchmarks: BENCH=pattern
	go test -run='^$$' -bench='$(BENCH)' -benchmem ./...

.PHONY: load
load: build ## measure and check a cluster under load: ARGS=flags of bin/loadtest
	bin/loadtest $(ARGS)

.PHONY: bench-push
bench-push: build ## measure pushing beside its baselines and peers: ARGS=flags of bin/pushbench
	go build -o bin/ ./internal/pushbench
	bin/pushbench $(ARGS)

.PHONY: bench-eureka1
bench-eureka1: build ## measure Eureka 1 clients beside fixed bytes and Eureka's server: ARGS=flags of bin/eurekabench
	go build -o bin/ ./internal/eurekabench
	bin/eurekabench $(ARGS)

.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME
	@set -e; for folder in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r -n1 dirname | sort -u); do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$folder/*_test.go); do \
			echo "$$folder $$target"; \
			go test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) $$folder; \
		done; \
	done
