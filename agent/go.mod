module github.com/wholly-go/wholly/agent

go 1.25.0

require github.com/wholly-go/wholly v0.0.0

require (
	filippo.io/age v1.3.2
	github.com/coder/websocket v1.8.15
	golang.org/x/text v0.41.0
)

require (
	filippo.io/hpke v0.4.0 // indirect
	golang.org/x/crypto v0.55.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
)
