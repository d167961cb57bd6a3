// Package conform puts a function that writes a file through everything that
// is asked of an atomic writer, and fills in the table.
//
//	func TestMain(m *testing.M) {
//		conform.Child(mine) // does nothing unless this is a child of Run
//		os.Exit(m.Run())
//	}
//
//	func TestConform(t *testing.T) {
//		report := conform.Run(mine, t.TempDir())
//		fmt.Print(report.Markdown())
//	}
//
// The rule behind the rows: like os.WriteFile, unless something else is safer.
// Each row has an id that stays: N new files, K what is kept of an existing
// one, T kinds of targets, P places, F failures, O order and cost, M names, C
// concurrency. Rows that need root, a mount, another user or strace are left
// out, with the reason, where those are not to be had. What a power cut does is
// not asked here: see package crash.
package conform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Writer is what is put to the test.
type Writer struct {
	// Name is one word; children find the writer by it.
	Name string
	// WriteFile has the face and, where nothing is safer, the behaviour of
	// os.WriteFile.
	WriteFile func(path string, data []byte, perm fs.FileMode) error
	// WriteNew, if not nil, writes only if there is no file, and fails with
	// fs.ErrExist otherwise.
	WriteNew func(path string, data []byte, perm fs.FileMode) error
	// Create, if not nil, begins a replacement that Commit ends.
	Create func(path string, perm fs.FileMode) (Pending, error)
}

// Pending is a replacement in the making: Close without Commit abandons it.
type Pending interface {
	Write(p []byte) (int, error)
	Commit() error
	Close() error
}

// Row is one line of the table.
type Row struct {
	ID, Case string
	Want     string // what was decided to be right
	Got      string // what was observed
	Skipped  string // why it was not run; then Got is empty
}

// OK reports whether the row was run and came out as decided.
func (r Row) OK() bool { return r.Skipped == "" && r.Got == r.Want }

// Report is the whole table of one writer.
type Report struct {
	Writer string
	Rows   []Row
}

// Differs returns the ids of the rows that came out otherwise than decided.
func (r Report) Differs() []string {
	var ids []string
	for _, row := range r.Rows {
		if row.Skipped == "" && !row.OK() {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

// Skipped returns the rows that were not run for want of an ability of the
// machine.
func (r Report) Skipped() []Row {
	var rows []Row
	for _, row := range r.Rows {
		if row.Skipped != "" && row.Skipped != notOffered {
			rows = append(rows, row)
		}
	}
	return rows
}

// notOffered is why a row about a hook that the writer does not have is left
// out.
const notOffered = "not offered"

// Markdown renders the report as a table.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| id | case | decided | %s |\n|---|---|---|---|\n", r.Writer)
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", row.ID, row.Case, row.Want, row.cell())
	}
	return b.String()
}

func (r Row) cell() string {
	switch {
	case r.Skipped != "":
		return "– (" + r.Skipped + ")"
	case r.OK():
		return "as decided"
	}
	return "**" + r.Got + "**"
}

// Compare renders several reports side by side.
func Compare(reports ...Report) string {
	var b strings.Builder
	b.WriteString("| id | case | decided |")
	for _, r := range reports {
		b.WriteString(" " + r.Writer + " |")
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(reports)) + "\n")
	for i, row := range reports[0].Rows {
		fmt.Fprintf(&b, "| %s | %s | %s |", row.ID, row.Case, row.Want)
		for _, r := range reports {
			b.WriteString(" " + r.Rows[i].cell() + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// check is one row to be filled in. need says, as an error, why the machine
// cannot run it.
type check struct {
	id, title, want string
	need            func(*bench) error
	run             func(*bench) (string, error)
}

// Run fills in the table for w, working in new directories below dir.
func Run(w Writer, dir string) Report {
	r := Report{Writer: w.Name}
	for i, c := range append(portable(), native()...) {
		row := Row{ID: c.id, Case: c.title, Want: c.want}
		b := &bench{Writer: w, dir: filepath.Join(dir, fmt.Sprintf("%02d-%s", i, strings.ToLower(c.id)))}
		if err := os.Mkdir(b.dir, 0o755); err != nil {
			row.Skipped = err.Error()
			r.Rows = append(r.Rows, row)
			continue
		}
		row.Got, row.Skipped = b.fill(c)
		r.Rows = append(r.Rows, row)
	}
	return r
}

// bench is where one row is tried.
type bench struct {
	Writer
	dir  string
	undo []func()
}

func (b *bench) fill(c check) (got, skipped string) {
	defer func() {
		for i := len(b.undo) - 1; i >= 0; i-- {
			b.undo[i]()
		}
	}()
	if c.need != nil {
		if err := c.need(b); err != nil {
			return "", err.Error()
		}
	}
	got, err := c.run(b)
	if errors.Is(err, errSkip) {
		return "", strings.TrimPrefix(err.Error(), errSkip.Error()+": ")
	}
	if err != nil {
		return "the check broke: " + err.Error(), ""
	}
	return got, ""
}

var errSkip = errors.New("skip")

func skip(err error) error { return fmt.Errorf("%w: %w", errSkip, err) }

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// put makes a file with content "old".
func (b *bench) put(name string, mode fs.FileMode) (string, error) {
	path := b.path(name)
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		return path, err
	}
	return path, os.Chmod(path, mode)
}

// write writes "new" and returns the name of the error, or "ok".
func (b *bench) write(path string, perm fs.FileMode) string {
	return class(b.WriteFile(path, []byte("new"), perm))
}

// holds describes the content of a file in a word.
func holds(path string) string {
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "missing"
	case err != nil:
		return class(err)
	case len(data) == 0:
		return "empty"
	case len(data) > 10:
		return fmt.Sprintf("%d bytes", len(data))
	}
	return string(data)
}

// litter returns ", litter" if dir holds anything but the given names.
func litter(dir string, names ...string) string {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if !strings.Contains("/"+strings.Join(names, "/")+"/", "/"+e.Name()+"/") {
			return ", litter"
		}
	}
	return ""
}

// class names an error as the system does.
func class(err error) string {
	if err == nil {
		return "ok"
	}
	for name, e := range map[string]error{
		"EISDIR": syscall.EISDIR, "ENOTDIR": syscall.ENOTDIR, "ELOOP": syscall.ELOOP, "EBUSY": syscall.EBUSY,
		"EPERM": syscall.EPERM, "EACCES": syscall.EACCES, "ENOSPC": syscall.ENOSPC, "EFBIG": syscall.EFBIG,
		"EROFS": syscall.EROFS, "ENAMETOOLONG": syscall.ENAMETOOLONG, "EIO": syscall.EIO, "EINVAL": syscall.EINVAL,
		"ENXIO": syscall.ENXIO, "ETXTBSY": syscall.ETXTBSY,
	} {
		if errors.Is(err, e) {
			return name
		}
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return "EEXIST"
	case errors.Is(err, fs.ErrNotExist):
		return "ENOENT"
	case errors.Is(err, fs.ErrClosed):
		return "closed"
	}
	return "refused"
}
