module github.com/wholly-go/wholly/audit/vet

go 1.25.0

require (
	github.com/golangci/plugin-module-register v0.1.2
	github.com/wholly-go/wholly/audit v0.0.0
	golang.org/x/tools v0.49.0
)

require (
	github.com/mattn/go-pointer v0.0.1 // indirect
	github.com/tree-sitter/go-tree-sitter v0.25.0 // indirect
	github.com/tree-sitter/tree-sitter-javascript v0.23.1 // indirect
	github.com/tree-sitter/tree-sitter-python v0.23.6 // indirect
	github.com/tree-sitter/tree-sitter-typescript v0.23.2 // indirect
	golang.org/x/mod v0.39.0 // indirect
	golang.org/x/sync v0.22.0 // indirect
)
