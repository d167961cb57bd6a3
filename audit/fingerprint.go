package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// prints gives fingerprints: findings by what they are, not by their line or
// their words.
type prints struct {
	sources map[string]Source
	tops    map[string]string // of a folder on disk; "": it lies in no repository
	seen    map[string]int
}

func newPrints(sources map[string]Source) *prints {
	return &prints{sources, map[string]string{}, map[string]int{}}
}

// of is the fingerprint of a rule in a file, and what tells it from others
// there. An ordinal parts those that are alike.
func (p *prints) of(rule, file string, parts ...string) string {
	key := strings.Join(append([]string{rule, p.home(file)}, parts...), "\x00")
	p.seen[key]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, p.seen[key]))
	return hex.EncodeToString(sum[:12])
}

// home is file as seen from the top of its repository, so that a fingerprint
// is the same from wherever the audit is started. Where there is no repository
// it is file as it is.
func (p *prints) home(file string) string {
	disk := p.sources[file].Disk
	if disk == "" {
		return file
	}
	abs, err := filepath.Abs(disk)
	if err != nil {
		return file
	}
	if top := p.top(filepath.Dir(abs)); top != "" {
		return slash(top, abs)
	}
	return file
}

func (p *prints) top(dir string) string {
	if top, ok := p.tops[dir]; ok {
		return top
	}
	top := ""
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
		top = dir
	} else if up := filepath.Dir(dir); up != dir {
		top = p.top(up)
	}
	p.tops[dir] = top
	return top
}
