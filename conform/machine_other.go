//go:build !linux

package conform

// What only Linux has; the cases about it are skipped elsewhere.

const (
	accessACL  = ""
	defaultACL = ""
	immutable  = 0
	appendOnly = 0
)

const onlyLinux = "only on Linux"

func (s *scene) bind(source, target string) { s.skip(onlyLinux) }

func (s *scene) readOnly(dir string) { s.skip(onlyLinux) }

func (s *scene) tmpfs(name, size string) string {
	s.skip(onlyLinux)
	return ""
}

func (s *scene) ramfs(name string) string {
	s.skip(onlyLinux)
	return ""
}

func (s *scene) overlay(name string) string {
	s.skip(onlyLinux)
	return ""
}

func (s *scene) setAttr(path, name string, value []byte) { s.skip(onlyLinux) }

func (s *scene) attr(path, name string) (string, bool) {
	s.skip(onlyLinux)
	return "", false
}

func accessList(user uint32) []byte { return nil }

func capability() []byte { return nil }

func (s *scene) setFlag(path string, flag int) { s.skip(onlyLinux) }

func (s *scene) watch(dir, name string) func() bool {
	s.skip(onlyLinux)
	return nil
}
