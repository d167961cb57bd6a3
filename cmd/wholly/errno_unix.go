//go:build unix

package main

import (
	"errors"
	"syscall"
)

// diskFull are the ways a file system says that there is no room.
var diskFull = []error{syscall.ENOSPC, syscall.EDQUOT}

// isClosedPipe: whoever read our output has gone.
func isClosedPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
