//go:build unix

package wholly

import "syscall"

// errCrossDevice: a rename would have left the file system.
const errCrossDevice = syscall.EXDEV
