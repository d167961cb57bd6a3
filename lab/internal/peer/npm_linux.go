package peer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// npmPackage is a package at a version, with all that it requires at a version
// too, so that a later run compares the same code.
type npmPackage struct {
	name, version string
	requires      map[string]string
}

// writeFileAtomic returns the newest version whose "engines" admit this Node.
func writeFileAtomic(node string) npmPackage {
	p := npmPackage{name: "write-file-atomic", requires: map[string]string{"signal-exit": "4.1.0"}}
	switch {
	case admits(node, [3]int{22, 22, 2}, [3]int{24, 15, 0}, [3]int{26, 0, 0}):
		p.version = "8.0.0"
	case admits(node, [3]int{20, 17, 0}, [3]int{22, 9, 0}):
		p.version = "7.0.1"
	default:
		p.version = "5.0.1"
		p.requires["imurmurhash"] = "0.1.4"
	}
	return p
}

// admits reports whether node is at least the last of the versions, or has the
// major number of an earlier one and is at least that: "^20.17.0 || >=22.9.0".
func admits(node string, versions ...[3]int) bool {
	var v [3]int
	if _, err := fmt.Sscanf(node, "v%d.%d.%d", &v[0], &v[1], &v[2]); err != nil {
		return false
	}
	for i, least := range versions {
		enough := slices.Compare(v[:], least[:]) >= 0
		if enough && (v[0] == least[0] || i == len(versions)-1) {
			return true
		}
	}
	return false
}

func atomically() npmPackage {
	return npmPackage{name: "atomically", version: "2.1.1", requires: map[string]string{
		"stubborn-fs": "2.0.0", "stubborn-utils": "1.0.2", "when-exit": "2.1.5",
	}}
}

// manifest is the package.json by which npm installs exactly these versions.
func (p npmPackage) manifest() ([]byte, error) {
	return json.Marshal(map[string]any{
		"private":      true,
		"dependencies": map[string]string{p.name: p.version},
		"overrides":    p.requires,
	})
}

// in returns a directory below cache in which the package is installed, and
// installs it if need be. Another cache than the user's is filled from that.
func (p npmPackage) in(ctx context.Context, cache string) (string, error) {
	manifest, err := p.manifest()
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("npm-%.8x", sha256.Sum256(manifest))
	if cache != "" {
		return madeOnce(filepath.Join(cache, name), func(dir string) error {
			installed, err := p.in(ctx, "")
			if err != nil {
				return err
			}
			return os.CopyFS(filepath.Join(dir, "node_modules"), os.DirFS(filepath.Join(installed, "node_modules")))
		})
	}
	users, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return madeOnce(filepath.Join(users, "wholly-lab", name), func(dir string) error {
		return install(ctx, dir, manifest)
	})
}

// madeOnce returns dir, which is complete: it is filled under another name that
// nobody looks for, and then renamed. Who comes second drops its own.
func madeOnce(dir string, fill func(dir string) error) (string, error) {
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), "tmp-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	if err := fill(temp); err != nil {
		return "", err
	}
	if err := os.Chmod(temp, 0o755); err != nil { // other users have to come in
		return "", err
	}
	if err := os.Rename(temp, dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return dir, nil
}

// install has npm install the manifest into dir, within two minutes. No script
// of a package is run.
func install(ctx context.Context, dir string, manifest []byte) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("no npm on this machine (Debian: npm)")
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), manifest, 0o644); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "install", "--ignore-scripts", "--no-audit", "--no-fund",
		"--no-package-lock", "--no-update-notifier", "--fetch-retries=1", "--fetch-timeout=20000", "--loglevel=error")
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	if talk, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm could not install it (%w; is its registry reachable?): %s", err, firstLine(talk))
	}
	return nil
}

// firstLine returns the first line of npm's talk that says something.
func firstLine(talk []byte) string {
	for line := range bytes.Lines(talk) {
		if text := strings.TrimSpace(string(line)); text != "" {
			return text
		}
	}
	return ""
}
