package crash

import (
	"fmt"
	"strings"
)

// Op is one recorded operation, or a mark of the test between two.
type Op struct {
	Kind     string // "create", "write", "sync", "rename", …; "begin", "ack", "void" for marks
	Dir      int    // inode of the directory, where one is concerned
	Name, To string // names in it
	Ino      int    // inode of the file
	Data     []byte // the whole content afterwards, for write and truncate
	Mark     int    // the number of the save, for marks
	Err      error  // injected

	writer int
	sets   []entry // changes of directory entries
	after  meta    // metadata afterwards, where it changed
	node   *inode  // of an open file
	from   int64   // what a write wrote
	to     int64
	void   bool // reported success and did nothing: a sync after a failed one
}

// entry is a directory entry: name leads to ino, or to nothing if that is 0.
type entry struct {
	name string
	ino  int
}

// reads reports whether the operation leaves the disk as it is.
func (o Op) reads() bool {
	switch o.Kind {
	case "opendir", "stat", "readlink", "list", "open", "getattrs", "read", "lock", "flush", "close":
		return true
	}
	return false
}

// String renders the operation as a line of a story.
func (o Op) String() string {
	var b strings.Builder
	b.WriteString(o.Kind)
	switch {
	case o.Kind == "begin" || o.Kind == "ack" || o.Kind == "void":
		return fmt.Sprintf("-- %s %d", o.Kind, o.Mark)
	case o.Kind == "dirsync":
		fmt.Fprintf(&b, " of directory %d", o.Dir)
	case o.Name != "":
		fmt.Fprintf(&b, " %s", o.Name)
	}
	if o.To != "" {
		fmt.Fprintf(&b, " -> %s", o.To)
	}
	if o.Ino != 0 {
		fmt.Fprintf(&b, " (inode %d)", o.Ino)
	}
	if o.Data != nil {
		fmt.Fprintf(&b, ", now %d bytes", len(o.Data))
	}
	if o.Err != nil {
		fmt.Fprintf(&b, " = %v", o.Err)
	}
	return b.String()
}
