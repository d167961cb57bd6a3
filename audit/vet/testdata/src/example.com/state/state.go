package state

import (
	"encoding/json"
	"os"
	"path/filepath"

	"example.com/save"
)

// Store is read back: what is torn is lost.
type Store struct {
	path string
	data map[string]string
}

func (s *Store) load() error {
	b, err := os.ReadFile(s.path)
	if err != nil {
		s.data = map[string]string{}
		return nil
	}
	return json.Unmarshal(b, &s.data)
}

func (s *Store) direct() error {
	b, err := json.Marshal(s.data)
	if err != nil {
		return err
	}
	return os.WriteFile(s.path, b, 0o600) // want `truncate-in-place: .* \(high\)`
}

func (s *Store) helped() error {
	b, err := json.Marshal(s.data)
	if err != nil {
		return err
	}
	return save.File(s.path, b) // want `truncate-in-place: .* \(high\)`
}

func (s *Store) method(f *save.Folder) error {
	b, err := json.Marshal(s.data)
	if err != nil {
		return err
	}
	return f.Put(s.path, b) // want `truncate-in-place: .* \(high\)`
}

func (s *Store) good() error {
	b, err := json.Marshal(s.data)
	if err != nil {
		return err
	}
	return save.Durable(s.path, b) // a durable writer's caller is not blamed
}

func (s *Store) ignored(b []byte) error {
	// wholly: ignore[truncate-in-place, mixed-writers, bypasses-own-writer, write-error-swallowed, default-over-unreadable] tests only
	return os.WriteFile(s.path, b, 0o600)
}

func (s *Store) nolint(b []byte) error {
	return os.WriteFile(s.path, b, 0o600) //nolint:gosec,wholly // known
}

//nolint:wholly
func (s *Store) function(b []byte) error {
	return os.WriteFile(s.path, b, 0o600)
}

func (s *Store) other(b []byte) error {
	return os.WriteFile(s.path, b, 0o600) //nolint:gosec // want `truncate-in-place: .* \(high\)`
}

func (s *Store) window() error {
	b, err := json.Marshal(s.data)
	if err != nil {
		return err
	}
	tmp := filepath.Join(filepath.Dir(s.path), "state.tmp")
	if err := os.WriteFile(tmp, b, 0o600); err != nil { // want `missing-file-window: .* \(high\)`
		return err
	}
	os.Remove(s.path)
	return os.Rename(tmp, s.path)
}
