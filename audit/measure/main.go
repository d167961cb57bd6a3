// Command measure scans trees and says what that costs: bytes, time, memory,
// and how much of the sources had to be parsed.
//
//	go run ./audit/measure                          what is installed here, and two generated trees
//	go run ./audit/measure --tree DIR --runs 3      a tree, the median of three runs
//	go run ./audit/measure --generate python --files 2137
//
// Each run is a process of its own, so that its memory is its own. Generated
// trees are the same for the same seed, wherever they are made.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
)

// run is what one scan of a tree cost and found.
type run struct {
	Files    map[effect.Language]int
	Bytes    int64
	Parsed   int64 // bytes given to parsers
	Sites    int
	Findings int
	Unread   int
	Wall     time.Duration
	CPU      time.Duration `json:"-"` // of the whole process
	Memory   int64         `json:"-"` // at its peak, bytes; 0: the system does not say
}

// tree is a folder to be scanned, and what to call it.
type tree struct{ name, dir string }

func main() {
	var dirs []string
	flag.Func("tree", "a folder to scan; may be given again", func(s string) error { dirs = append(dirs, s); return nil })
	generate := flag.String("generate", "", "make a tree of this language, python or go, and scan that")
	files := flag.Int("files", 0, "how many files a generated tree has (0: as CPython's library, or Kubernetes)")
	seed := flag.Uint64("seed", 1, "of generated trees")
	runs := flag.Int("runs", 3, "the median is shown")
	workers := flag.Int("workers", 0, "parallel readers (0: one for each processor)")
	child := flag.String("child", "", "scan this folder and print the numbers as JSON (what each run is)")
	flag.Parse()
	if err := do(dirs, *generate, *files, *seed, *runs, *workers, *child); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func do(dirs []string, language string, files int, seed uint64, runs, workers int, child string) error {
	if child != "" {
		return scan(child, workers)
	}
	var trees []tree
	for _, d := range dirs {
		trees = append(trees, tree{d, d})
	}
	languages := []string{language}
	if language == "" && len(dirs) == 0 {
		trees, languages = installed(), []string{"python", "go"}
	}
	for _, l := range languages {
		if l == "" {
			continue
		}
		t, err := made(l, files, seed)
		if err != nil {
			return err
		}
		defer os.RemoveAll(t.dir)
		trees = append(trees, t)
	}
	fmt.Println(header)
	for _, t := range trees {
		if err := measure(t, max(1, runs), workers); err != nil {
			return err
		}
	}
	return nil
}

// made writes a generated tree into a new folder.
func made(language string, files int, seed uint64) (tree, error) {
	dir, err := os.MkdirTemp("", "measure-")
	if err != nil {
		return tree{}, err
	}
	if err := grow(dir, language, files, seed); err != nil {
		os.RemoveAll(dir)
		return tree{}, err
	}
	return tree{"generated " + language, dir}, nil
}

// measure runs scans of a tree and prints the one of median time.
func measure(t tree, runs, workers int) error {
	var all []run
	for range runs {
		r, err := once(t.dir, workers)
		if err != nil {
			return fmt.Errorf("scan %s: %w", t.dir, err)
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b run) int { return int(a.Wall - b.Wall) })
	all[len(all)/2].print(t.name)
	return nil
}

// once scans a tree in a process of its own.
func once(dir string, workers int) (r run, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.Command(self, "--child", dir, "--workers", strconv.Itoa(workers))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return r, err
	}
	r.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	r.Memory = peak(cmd.ProcessState)
	return r, nil
}

// scan measures one scan, set up as the command line sets it up.
func scan(dir string, workers int) error {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(300)
		debug.SetMemoryLimit(900 << 20)
	}
	start := time.Now()
	r, err := audit.Scan(context.Background(), []string{dir}, audit.Options{Workers: workers})
	if err != nil {
		return err
	}
	unread := 0
	for _, n := range r.Unread {
		unread += n
	}
	return json.NewEncoder(os.Stdout).Encode(run{
		Files: r.Files, Bytes: r.Bytes, Parsed: r.ParsedBytes, Sites: len(r.Sites), Findings: len(r.Findings),
		Unread: unread, Wall: time.Since(start),
	})
}
