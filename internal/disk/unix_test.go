//go:build linux || darwin

package disk

import "syscall"

// errLink is what opening a link itself fails with.
const errLink = syscall.ELOOP
