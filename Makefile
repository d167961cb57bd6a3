# make test    every test of every module; installs what they need where it can
# make lint    gofmt, go vet for three systems, staticcheck
# make race    the tests once more under the race detector
# make cross   builds and vets for the systems and processors we name
# make fuzz    every fuzz test, parsers for FUZZTIME each
# make bench   benchmarks, with allocations
# make lab     every power cut, every peer, every timing: about an hour; rewrites docs/reports
# make tidy    go.mod and go.sum of every module

MODULES     := . agent audit audit/vet cmd/wholly lab
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
SYSTEMS     := linux/amd64 linux/arm64 darwin/arm64 windows/amd64
FUZZTIME    ?= 20s
OURS        := github.com/wholly-go/wholly

.PHONY: test lint race cross fuzz bench lab tidy tools

test: tools
	@report=$$(mktemp) && trap 'rm -f "$$report"' EXIT && \
	for m in $(MODULES); do echo "== tests of $$m"; \
		(cd $$m && WHOLLY_REPORT=$$report go test -timeout 20m $(TESTFLAGS) ./...) || exit 1; done && \
	cat "$$report"

lint:
	@out=$$(gofmt -l .); [ -z "$$out" ] || { echo "gofmt: $$out"; exit 1; }
	@for m in $(MODULES); do for os in linux darwin windows; do \
		echo "== vet $$m for $$os"; (cd $$m && GOOS=$$os go vet ./...) || exit 1; done; done
	@for m in $(MODULES); do echo "== staticcheck $$m"; (cd $$m && go run $(STATICCHECK) ./...) || exit 1; done

race: tools
	@for m in $(MODULES); do echo "== race: $$m"; (cd $$m && GORACE=atexit_sleep_ms=0 go test -race -short -timeout 20m ./...) || exit 1; done

cross:
	@for s in $(SYSTEMS); do for m in $(MODULES); do echo "== $$s $$m"; \
		(cd $$m && CGO_ENABLED=0 GOOS=$${s%/*} GOARCH=$${s#*/} go build ./... ) || exit 1; done; done
	@echo "== root module on its own"; GOWORK=off go build ./... && GOWORK=off go vet ./...

fuzz:
	@FUZZTIME=$(FUZZTIME) .ci/fuzz $(MODULES)

bench:
	go test -run '^$$' -bench 'Replace|Update|ReadFile' -benchtime 300x .
	go test -run '^$$' -bench 'WriteFrom|Crowded' -benchtime 5x .
	go test -run '^$$' -bench . -benchtime 200x ./store ./journal
	cd agent && go test -run '^$$' -bench . ./...

lab: tools
	@for verb in cut peers eio conform bench; do go run ./lab $$verb --report docs/reports || exit 1; done

# The replace lines of go.work are lent to one module at a time: a replace in a
# go.mod that stays would break "go install …@version".
tidy:
	GOWORK=off go mod tidy
	@for m in $(filter-out .,$(MODULES)); do (cd $$m && \
		up=$$(echo $$m | sed 's:[^/]*:..:g') && \
		lend=; back=; for n in "" /agent /audit; do \
			lend="$$lend -replace=$(OURS)$$n@v0.0.0=$$up$$n"; back="$$back -dropreplace=$(OURS)$$n@v0.0.0"; done; \
		go mod edit $$lend && GOWORK=off go mod tidy; rc=$$?; go mod edit $$back; exit $$rc) || exit 1; done

tools:
	@.ci/tools
