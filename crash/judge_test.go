package crash_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/crash"
)

const (
	file   = "state"
	newest = 9 // generations that exist
)

// content is generation k: its number and length in a header, and no zero byte,
// so that zeros prove a hole.
func content(k int) []byte {
	size := 48 + k*29%64
	head := fmt.Sprintf("generation %d of %d bytes\n", k, size)
	return append([]byte(head), bytes.Repeat([]byte{byte('a' + k)}, size-len(head))...)
}

var generations = func() (all [][]byte) {
	for k := range newest + 1 {
		all = append(all, content(k))
	}
	return all
}()

// damage is what a file holds that needs recovery.
var damage = []byte("generation 7 of 20")

// generation tells which one data is, or in which way it is none.
func generation(data []byte) (k int, class string) {
	for k, g := range generations {
		if bytes.Equal(data, g) {
			return k, ""
		}
	}
	switch {
	case len(data) == 0:
		return -1, "empty"
	case len(bytes.Trim(data, "\x00")) == 0:
		return -1, "zeros"
	}
	return -1, "torn"
}

// whole is the Check of every policy here.
func whole(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if _, class := generation(data); class != "" {
		return errors.New(class)
	}
	return nil
}

// span is when a save began and was acknowledged, in operations; 0 is never.
type span struct{ begun, acked int }

// history are the saves of a recording up to one moment.
type history map[int]span

func historyOf(ops []crash.Op, at int) history {
	h := history{}
	for i, op := range ops[:at] {
		s := h[op.Mark]
		switch op.Kind {
		case "begin":
			h[op.Mark] = span{begun: i + 1}
		case "ack":
			s.acked = i + 1
			h[op.Mark] = s
		case "void":
			delete(h, op.Mark)
		}
	}
	return h
}

// allows reports whether generation k may be found: it was begun, and no save
// that began after k was acknowledged has been acknowledged itself. Generation
// 0 was there from the start.
func (h history) allows(k int) (ok bool, class string) {
	s, begun := h[k]
	if k > 0 && !begun {
		return false, "future"
	}
	for _, o := range h {
		if o.acked > 0 && o.begun > s.acked && (k == 0 || s.acked > 0) {
			return false, "stale"
		}
	}
	return true, ""
}

// last returns the save that was acknowledged last, 0 if there is none.
func (h history) last() (last int) {
	for k, s := range h {
		if s.acked > h[last].acked {
			last = k
		}
	}
	return last
}

// quiet reports whether no save is under way.
func (h history) quiet() bool {
	for _, s := range h {
		if s.acked == 0 {
			return false
		}
	}
	return true
}

// marksOf counts the marks up to a moment: they decide what is allowed there.
func marksOf(ops []crash.Op, at int) (n int) {
	for _, op := range ops[:at] {
		if op.Mark > 0 {
			n++
		}
	}
	return n
}

func (h history) acked() bool {
	for _, s := range h {
		if s.acked > 0 {
			return true
		}
	}
	return false
}

// judge says what is wrong with a disk that a crash left, "" if nothing is:
// first as a stranger sees it, then through the library.
func (w *workload) judge(c *crash.Crash, model crash.Model, h history, s *saver) string {
	files := c.Files()
	if !w.inPlace {
		if wrong := w.judgeFile(files, h, "for a stranger"); wrong != "" {
			return wrong
		}
	}
	if wrong := w.judgeBackups(files, model, h, s.void); wrong != "" {
		return wrong
	}
	if wrong := w.judgeModes(c, h, files, s.narrow); wrong != "" {
		return wrong
	}
	return w.judgeDisk(c.Disk(), h)
}

// judgeFile looks at the file itself (P1, P2).
func (w *workload) judgeFile(files map[string][]byte, h history, who string) string {
	data, there := files[w.path]
	if !there {
		if w.absent && !h.acked() {
			return ""
		}
		return "the file is missing " + who
	}
	if w.damaged && !h.acked() && bytes.Equal(data, damage) && who == "for a stranger" {
		return ""
	}
	k, class := generation(data)
	if class == "" && !(w.damaged && k == 1) {
		if k == 0 && w.absent {
			class = "future"
		} else if ok, why := h.allows(k); !ok {
			class = why
		}
	}
	if class != "" {
		return fmt.Sprintf("the file is %s %s: %.30q", class, who, data)
	}
	return ""
}

// judgeBackups looks at earlier versions (P3) and at what was damaged (P7).
func (w *workload) judgeBackups(files map[string][]byte, model crash.Model, h history, voided bool) string {
	evidence := !w.damaged
	found := map[int]bool{}
	for name, data := range files {
		evidence = evidence || w.belongs(name) && bytes.Equal(data, damage)
		if !strings.HasPrefix(name, w.path+".bak") {
			continue
		}
		k, class := generation(data)
		if class != "" {
			return fmt.Sprintf("backup %s is %s: %.30q", name, class, data)
		}
		found[k] = true
	}
	switch {
	case !evidence:
		return "the damaged content is gone"
	case w.damaged && !found[1]:
		return "the good version is gone" // what was damaged must not push it out
	case w.keep == 0 || voided || w.damaged:
		return ""
	}
	last := h.last()
	kept := w.versions(last)
	for n, k := range kept {
		if model == crash.Prefix && !found[k] && bytes.Equal(files[w.path], generations[last]) {
			return fmt.Sprintf("generation %d is lost although nothing newer has come", k)
		}
		if name := backup(w.path, n+1); h.quiet() && !bytes.Equal(files[name], generations[k]) {
			return fmt.Sprintf("backup %s should be generation %d: %.30q", name, k, files[name])
		}
	}
	return ""
}

func backup(path string, n int) string {
	if n == 1 {
		return path + ".bak"
	}
	return fmt.Sprintf("%s.bak.%d", path, n)
}

// versions are the generations that are kept beside generation last.
func (w *workload) versions(last int) []int {
	if w.kept != nil {
		return w.kept[last]
	}
	var all []int
	for n := 1; n <= min(w.keep, last); n++ {
		if k := last - n; k > 0 || !w.absent {
			all = append(all, k)
		}
	}
	return all
}

// judgeModes looks for a file that is more open than was asked, at any moment,
// and for the right mode once it was acknowledged (P5, P10).
func (w *workload) judgeModes(c *crash.Crash, h history, files map[string][]byte, narrow bool) string {
	for name := range files {
		if strings.HasSuffix(name, ".wholly-lock") {
			continue // empty
		}
		most := w.mode
		if !h.acked() && slices.Contains(w.wide, name) {
			most |= 0o644
		}
		if mode := c.Mode(name).Perm(); mode&^most != 0 {
			return fmt.Sprintf("%s has mode %v, more open than %v", name, mode, most)
		}
	}
	if h.quiet() && h.acked() && !narrow && c.Mode(w.path) != w.mode {
		return fmt.Sprintf("the mode is %v after the acknowledgement, not %v", c.Mode(w.path), w.mode)
	}
	return ""
}

// judgeDisk reads the disk back through the library and sweeps it (P4, P7).
func (w *workload) judgeDisk(d *crash.Disk, h history) string {
	if wrong := w.judgeRead(d, h); wrong != "" {
		return wrong
	}
	dir := w.policy().DirOn(d.Root())
	if _, err := dir.Sweep(); err != nil {
		return fmt.Sprintf("sweep: %v", err)
	}
	if again, err := dir.Sweep(); err != nil || len(again.Removed)+len(again.Left) > 0 {
		return fmt.Sprintf("a second sweep: %+v, %v", again, err)
	}
	for name := range d.Files() {
		if !strings.Contains(name, "/") && !w.belongs(name) {
			return "left behind: " + name
		}
	}
	if wrong := w.judgeBackups(d.Files(), crash.Subset, history{}, true); wrong != "" {
		return "after recovery, " + wrong
	}
	return w.judgeFile(d.Files(), h, "after recovery")
}

func (w *workload) belongs(name string) bool {
	base := strings.TrimPrefix(name, w.path)
	return name == w.path || strings.HasPrefix(base, ".bak") || strings.HasPrefix(base, ".bad-") || slices.Contains(w.others, name)
}

func (w *workload) judgeRead(d *crash.Disk, h history) string {
	data, err := w.policy().DirOn(d.Root()).ReadFile(w.path)
	var rec *wholly.Recovered
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w.judgeFile(nil, h, "for the library")
	case errors.As(err, &rec) && w.damaged && rec.Repair == nil:
	case err != nil:
		return fmt.Sprintf("the library reads: %v", err)
	}
	return w.judgeFile(map[string][]byte{w.path: data}, h, "for the library")
}

// policy is how the workload's file is kept and read.
func (w *workload) policy() wholly.Policy {
	p := wholly.Policy{Keep: w.keep, Check: whole, Private: w.private}
	if w.inPlace {
		p.Mounted = wholly.InPlace
	}
	return p
}
