package main

import (
	_ "github.com/google/renameio/v2"
	_ "github.com/hanwen/go-fuse/v2/fuse"
	_ "github.com/moby/sys/atomicwriter"
	_ "github.com/natefinch/atomic"
	_ "github.com/wholly-go/wholly"
	_ "github.com/wholly-go/wholly/agent"
	_ "golang.org/x/sys/unix"
	_ "golang.org/x/term"
	_ "tailscale.com/atomicfile"
)
