module github.com/wholly-go/wholly/lab

go 1.25.5

require (
	github.com/google/renameio/v2 v2.0.2
	github.com/hanwen/go-fuse/v2 v2.12.1
	github.com/moby/sys/atomicwriter v0.1.0
	github.com/natefinch/atomic v1.0.1
	github.com/spf13/cobra v1.10.2
	github.com/wholly-go/wholly v0.0.0
	github.com/wholly-go/wholly/agent v0.0.0
	golang.org/x/sys v0.47.0
	golang.org/x/term v0.45.0
	tailscale.com v1.92.5
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/moby/sys/sequential v0.6.0 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	golang.org/x/text v0.41.0 // indirect
)
