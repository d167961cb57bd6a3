package peer

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// childError is what a program in another language told: its own words, and
// the number behind the name it gave.
type childError struct {
	message string
	errno   syscall.Errno
}

func (e *childError) Error() string { return e.message }
func (e *childError) Unwrap() error { return e.errno }

// told makes the answer of a child an error that errors.Is knows, if it has
// the name of an errno.
func told(r reply) error {
	if errno, ok := errnoNamed(r.Error); ok {
		return &childError{r.Message, errno}
	}
	return errors.New(r.Message)
}

func errnoNamed(name string) (syscall.Errno, bool) {
	const last = 133 // EHWPOISON
	for n := syscall.Errno(1); n <= last && name != ""; n++ {
		if unix.ErrnoName(n) == name {
			return n, true
		}
	}
	return 0, false
}
