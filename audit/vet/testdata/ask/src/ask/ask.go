package ask

import (
	"os"
)

type Store struct{ path string }

func (s *Store) load() []byte {
	b, err := os.ReadFile(s.path)
	if err != nil {
		return nil
	}
	return b
}

func (s *Store) save(b []byte) error {
	tmp := s.path + ".tmp"
	if err := os.WriteFile(tmp, b, 0o644); err != nil { // want `missing-file-window: .*`
		return err
	}
	os.Remove(s.path)
	return os.Rename(tmp, s.path)
}
