//go:build !linux && !darwin

package conform

import (
	"os"
	"os/exec"
)

// Where owners, modes and special files mean little, the cases about them are
// skipped.

const (
	stranger = 1
	other    = 2
)

func errorName(err error) string { return plainName(err) }

func (j job) enter() error { return nil }

func (s *scene) become(*exec.Cmd, job) { s.skip("cannot become another user on this platform") }

func (s *scene) chown(string, int, int) { s.skip("no owners on this platform") }

func (s *scene) owner(string) (uid, gid uint32) {
	s.skip("no owners on this platform")
	return 0, 0
}

func (s *scene) mkfifo(string) string {
	s.skip("no FIFOs on this platform")
	return ""
}

func drain(string) {}

func (s *scene) mksocket(string) string {
	s.skip("no socket files on this platform")
	return ""
}

func (s *scene) mkdevice(string) string {
	s.skip("no device files on this platform")
	return ""
}

func openBelow(string) int { return 0 }

func (s *scene) pipe() (*os.File, string) {
	s.skip("pipes have no names on this platform")
	return nil, ""
}
