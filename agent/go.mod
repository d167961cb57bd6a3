module github.com/wholly-go/wholly/agent

go 1.25.0

require github.com/wholly-go/wholly v0.0.0

require golang.org/x/text v0.36.0

require golang.org/x/sys v0.47.0 // indirect
