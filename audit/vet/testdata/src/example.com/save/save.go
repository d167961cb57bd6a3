// Package save has a helper that forwards, and one that is good.
package save

import (
	"os"
	"path/filepath"
)

// File writes in place; its callers are told.
func File(path string, b []byte) error { // want File:"writes parameter 1 to the file of parameter 0: in-place"
	return os.WriteFile(path, b, 0o600)
}

// A Folder has methods.
type Folder struct{ Name string }

// Put writes in place.
func (f *Folder) Put(path string, b []byte) error { // want Put:"writes parameter 1 to the file of parameter 0: in-place"
	return os.WriteFile(path, b, 0o600)
}

// Durable replaces path.
func Durable(path string, b []byte) error { // want Durable:"writes parameter 1 to the file of parameter 0: durable"
	f, err := os.CreateTemp(filepath.Dir(path), ".save-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(b); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
