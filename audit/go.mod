module github.com/wholly-go/wholly/audit

go 1.25.0

require (
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	github.com/tree-sitter/go-tree-sitter v0.25.0
	github.com/tree-sitter/tree-sitter-javascript v0.23.1
	github.com/tree-sitter/tree-sitter-python v0.23.6
	github.com/tree-sitter/tree-sitter-typescript v0.23.2
)

require (
	github.com/mattn/go-pointer v0.0.1 // indirect
	golang.org/x/text v0.14.0 // indirect
)
