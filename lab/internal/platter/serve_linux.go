package platter

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/lab/internal/tape"
)

// Serve is the process of the disk. It mounts the files on dir, answers
// "ready", then obeys one line at a time, each answered by "ok" with what was
// asked for, or by "error" and the reason:
//
//	image FILE   put in the disk whose content is FILE, and record from here
//	save FILE    write the recording
//	load FILE    put in a recording, at its start; nothing is recorded
//	cut CUT      put in the disk that the cut leaves
//	fail HEX     writes that contain these bytes fail with EIO; "fail" heals
//	failed       how many writes have failed
//
// It returns when in ends, with nothing mounted.
func Serve(dir string, in io.Reader, out io.Writer) error {
	d := &drive{disk: &disk{size: tape.Block, layers: []tape.Blocks{{}}}}
	// The size is known to the kernel only when the file is looked up, so the
	// first disk is put in before anything is mounted.
	lines := bufio.NewReader(in)
	for mounted := false; ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return d.close(mounted)
		}
		answer, err := d.obey(strings.TrimSuffix(line, "\n"))
		if err == nil && !mounted {
			d.server, err = d.disk.serve(dir)
			mounted = err == nil
		}
		if err != nil {
			answer = "error " + strings.ReplaceAll(err.Error(), "\n", " ")
		} else {
			answer = strings.TrimSpace("ok " + answer)
		}
		if _, err := fmt.Fprintln(out, answer); err != nil {
			return d.close(mounted)
		}
	}
}

// drive is the disk and what is known of the recording in it.
type drive struct {
	disk   *disk
	server interface{ Unmount() error }
	start  tape.Blocks
	tape   *tape.Tape
	image  *tape.Image
}

func (d *drive) close(mounted bool) error {
	if !mounted {
		return nil
	}
	return d.server.Unmount()
}

func (d *drive) obey(line string) (answer string, err error) {
	verb, arg, _ := strings.Cut(line, " ")
	switch verb {
	case "image":
		return "", d.load(arg)
	case "save":
		return "", d.save(arg)
	case "load":
		return "", d.play(arg)
	case "cut":
		return "", d.cut(arg)
	case "fail":
		return "", d.fail(arg)
	case "failed":
		d.disk.mu.Lock()
		defer d.disk.mu.Unlock()
		return strconv.Itoa(d.disk.failed), nil
	}
	return "", fmt.Errorf("unknown command %q", verb)
}

func (d *drive) load(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	blocks, size, err := readBlocks(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	d.start = blocks
	d.disk.size, d.disk.records = size, true
	d.disk.insert(blocks)
	return nil
}

func (d *drive) save(path string) error {
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	d.disk.records = false
	// wholly: ignore[truncate-in-place, rewrite-in-place, bypasses-own-writer] a recording that is cut short is made again
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	t := &tape.Tape{Size: d.disk.size, Base: d.start, Events: d.disk.events}
	if err := t.Encode(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return f.Close()
}

func (d *drive) play(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := tape.Decode(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	d.tape, d.image = t, t.Image()
	d.disk.size = t.Size
	d.disk.insert(t.Base)
	return nil
}

func (d *drive) cut(text string) error {
	if d.tape == nil {
		return fmt.Errorf("cut %s: no recording is loaded", text)
	}
	c, err := tape.ParseCut(text)
	if err != nil {
		return err
	}
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	durable, chosen, err := d.image.Disk(c)
	if err != nil {
		return err
	}
	d.disk.layers = []tape.Blocks{{}, chosen, durable}
	return nil
}

func (d *drive) fail(text string) error {
	needle, err := hex.DecodeString(text)
	if err != nil {
		return fmt.Errorf("fail %s: %w", text, err)
	}
	d.disk.mu.Lock()
	defer d.disk.mu.Unlock()
	d.disk.needle = nil
	if len(needle) > 0 {
		d.disk.needle = needle
	}
	return nil
}
