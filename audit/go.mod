module github.com/wholly-go/wholly/audit

go 1.25.0
