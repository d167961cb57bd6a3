// Command wholly writes files wholly, or not at all, from the shell.
//
//	produce | wholly write --keep 3 --check json state.json
//	wholly read --check json state.json
//
// stdout is the answer, stderr the talk. With --json the answer, and on stderr
// an error, is one JSON object on one line. README.md lists the fields and the
// exit codes.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// A reader of our output that goes away must not kill a write half way.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// endings are the signals that end a verb in good order. Those that the parent
// wants ignored (nohup, a job in the background) stay ignored.
func endings() []os.Signal {
	ends := []os.Signal{syscall.SIGTERM}
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			ends = append(ends, s)
		}
	}
	return ends
}
