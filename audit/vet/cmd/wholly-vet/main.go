// Command wholly-vet finds writes of files that a crash could tear, as a tool
// of go vet and go fix:
//
//	go install github.com/wholly-go/wholly/audit/vet/cmd/wholly-vet@latest
//	go vet -vettool=$(which wholly-vet) ./...
//	go fix -fixtool=$(which wholly-vet) -diff ./...
//
// It reads Go alone: with CGO_ENABLED=0, or -tags nogrammar, it builds in
// seconds and is as good.
package main

import (
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/wholly-go/wholly/audit/vet"
)

func main() { unitchecker.Main(vet.Analyzer) }
