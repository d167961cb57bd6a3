package rig

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestLabChild is the lab that is killed by the test below.
func TestLabChild(t *testing.T) {
	if os.Getenv("RIG_CHILD") == "" {
		t.Skip("runs only as a child")
	}
	dir, _, err := Room()
	must(t, err)
	f, err := Named("ext4")
	must(t, err)
	up(t, f, dir)
	os.Stdout.WriteString("room " + dir + "\n")
	select {}
}

func TestReapTakesDownWhatAKilledLabLeft(t *testing.T) {
	f, err := Named("ext4")
	must(t, err)
	can(t, MissingMounts(f))
	mine := room(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestLabChild$")
	cmd.Env = append(os.Environ(), "RIG_CHILD=1")
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	defer cmd.Process.Kill()
	lines := bufio.NewScanner(out)
	var dir string
	for dir == "" && lines.Scan() {
		dir, _ = strings.CutPrefix(lines.Text(), "room ")
		if dir == lines.Text() {
			dir = ""
		}
	}
	if dir == "" {
		t.Fatal("the child made no room")
	}

	must(t, Reap())
	if found, err := mounts(dir); err != nil || len(found) != 1 {
		t.Fatalf("the room of a living lab was touched: %d mounts, %v", len(found), err)
	}
	must(t, cmd.Process.Kill())
	cmd.Wait()
	if found, _ := mounts(dir); len(found) != 1 {
		t.Fatal("the kill took the mount along: the test shows nothing")
	}
	must(t, Reap())
	nothingLeft(t, dir)
	if _, err := os.Stat(mine); err != nil {
		t.Errorf("my own room is gone: %v", err)
	}
}

// A lab that was killed before its room had a name has left an empty directory;
// that of one that is just being made looks the same.
func TestReapLeavesARoomInTheMaking(t *testing.T) {
	base := t.TempDir()
	young, aged := filepath.Join(base, unborn+"1"), filepath.Join(base, unborn+"2")
	must(t, errors.Join(os.Mkdir(young, 0o700), os.Mkdir(aged, 0o700)))
	long := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(aged, long, long))
	must(t, ReapIn(base))
	if _, err := os.Stat(young); err != nil {
		t.Errorf("it was taken away while it was made: %v", err)
	}
	if _, err := os.Stat(aged); err == nil {
		t.Error("it is there for ever")
	}
}

// The kernel lists mounts by real paths: by another, what is mounted in the
// room would not be found.
func TestARoomIsRemovedByItsRealName(t *testing.T) {
	base := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(base, link))
	dir, leave, err := RoomIn(link)
	must(t, err)
	if filepath.Dir(dir) != base {
		t.Errorf("the room is %s, which the list of mounts does not spell so", dir)
	}
	must(t, leave())
	nothingLeft(t, dir)
}
