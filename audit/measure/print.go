package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const header = "tree                          files       MB   parsed    wall s     CPU s    MB/s   peak MB   sites  findings  languages"

func (r run) print(name string) {
	n := 0
	var languages []string
	for _, l := range slices.Sorted(maps.Keys(r.Files)) {
		n += r.Files[l]
		languages = append(languages, fmt.Sprintf("%s %d", l, r.Files[l]))
	}
	if r.Unread > 0 {
		languages = append(languages, fmt.Sprintf("NOT READ %d", r.Unread))
	}
	const mb = 1e6
	size, wall := float64(r.Bytes)/mb, r.Wall.Seconds()
	fmt.Printf("%-28s %6d %8.1f %7.1f%% %9.2f %9.2f %7.1f %9s %7d %9d  %s\n", last(name, 28), n, size,
		100*float64(r.Parsed)/float64(max(1, r.Bytes)), wall, r.CPU.Seconds(), size/wall, memory(r.Memory), r.Sites, r.Findings,
		strings.Join(languages, ", "))
}

// last is the end of a name that is too long for its column.
func last(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return "…" + s[len(s)-n+1:]
}

func memory(bytes int64) string {
	if bytes == 0 {
		return "?"
	}
	return fmt.Sprintf("%.0f", float64(bytes)/1e6)
}

// installed returns the large trees that this machine has: Python's library,
// Go's sources, and Kubernetes if it is in the module cache.
func installed() (trees []tree) {
	if dir := ask("python3", "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"); dir != "" {
		trees = append(trees, tree{"Python's library", dir})
	}
	if root := ask("go", "env", "GOROOT"); root != "" {
		trees = append(trees, tree{"Go's sources", filepath.Join(root, "src")})
	}
	if cache := ask("go", "env", "GOMODCACHE"); cache != "" {
		found, _ := filepath.Glob(filepath.Join(cache, "k8s.io", "kubernetes@*"))
		for _, dir := range found {
			trees = append(trees, tree{filepath.Base(dir), dir})
		}
	}
	return trees
}

// ask returns what a program says, "" if it is not there or names no folder.
func ask(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || !exists(dir) {
		return ""
	}
	return dir
}

func exists(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}
