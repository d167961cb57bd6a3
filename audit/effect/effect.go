// Package effect is the audit's one language: what a function does to files.
//
// A front end reads a source file and returns a [File]: its functions, each
// with its [Effect]s in source order, and what names mean. All that follows —
// seeing through helpers, the verdict, what it matters, the crash states — is
// done on these records, the same for every language. The package knows no
// parser and touches no disk.
//
// # What a front end must say
//
// A call of the API table becomes one effect or several at the same place:
// os.WriteFile, write_text and fs.writeFile are Open, Write, Close (with
// flush: true also Sync). Everything else that is called and might matter is
// an Effect with Op Invoke, and its result is a [NewCall] value of the same
// site, [Span.Site]. A buffer over a file (bufio, gzip, Python's open) is a
// [NewWrap] value, and writing to it is a Write whose Handle is the wrap; an
// encoder that keeps nothing back is the handle itself. Resolve before you match: a method that
// merely shares a name with the API is an Invoke.
//
// A with-block over a call gives the Invoke (or OpenFile) at its head and a
// Close of the same value at its end. Seeing through then puts a context
// manager's effects before its Yield at the head and those after it at the
// end; of a class with a constructor, __init__ and __enter__ at the head and
// __exit__ at the end. A constructor is an Invoke of the class ID. A method
// call on a value is an Invoke with Recv and Method even when the value may
// be an open file: [HandleMethod] is asked once it is known.
package effect

import "strconv"

// Op is what an effect does.
type Op uint8

// The operations. Path, From and Handle are filled as the comment says.
const (
	Invoke      Op = iota // Call says which function, with what
	OpenFile              // Path, Handle (a NewOpen value), Mode
	Write                 // Handle; Content if it can be named
	Flush                 // Handle, usually a wrap
	Sync                  // Handle: fsync or fdatasync
	Close                 // Handle
	Rename                // From, Path
	Move                  // From, Path: renames, and copies onto another device
	Exchange              // From, Path: both stay
	Link                  // From, Path: hard link
	Symlink               // Path: the link's own name; From: what it points to
	Copy                  // From, Path: truncates Path
	Remove                // Path
	RemoveTree            // Path
	Mkdir                 // Path
	MakeTemp              // Path (a NewTemp value), Handle: mkstemp, CreateTemp
	MakeTempDir           // Path
	Chmod                 // Path or Handle; Mode.Perm
	Chown                 // Path or Handle
	Truncate              // Path or Handle
	Read                  // Path or Handle: content is read; React says what follows an error
	Exists                // Path: stat, exists, access; React.Absent says what follows "no"
	SyncDir               // Path: the directory whose entries are made durable
	Lock                  // Path or Handle, if known
	Yield                 // Handle or Path: a context manager hands it out; exit effects follow
	Watch                 // Path: somebody is told when it changes
	Handout               // Path: given to another process or published
	Parse                 // content read is decoded or checked; React says what follows an error
)

// An Effect is one thing done to a file, or one call that may do such things.
type Effect struct {
	Op      Op
	Path    *Value
	From    *Value
	Handle  *Value
	Content *Value // of a Write: what is written, as far as it has a name
	Mode    Mode
	Text    Text
	Fate    Fate
	In      *Region
	At      Span
	Call    *Invocation // of an Invoke
	React   Reaction    // of Read, Parse, Exists and Invoke
	API     string      // as written: "os.WriteFile", "Path.write_text"

	// Unsure: the receiver's type is not known, the name alone matched. No
	// finding above low rests on such an effect.
	Unsure bool
	// Async: awaited or run as a task. Whole: it is one call that a worker
	// runs to its end, so that a cancel does not cut it. Unawaited: its
	// promise is neither awaited nor returned nor handled.
	Async, Whole, Unawaited bool
}

// Invocation is a call to be seen through.
type Invocation struct {
	// Callees are IDs it may mean, the most certain first. A method on a value
	// has Method and Recv, and is found through the value's Type.
	Callees []string
	Method  string
	Recv    *Value
	Args    []*Value          // by position
	Named   map[string]*Value // by name
	Results int               // how many NewCall values it has
	System  *System           // what it does if it is one of the file system's; nil: it is not
}

// System is what a call does if a name that another module of the tree gives
// away, Owner, is the file system: import { fs } from './deps'.
type System struct {
	Owner string
	Does  []Effect
	Gives []*Value
}

// Access says how an open may change the file.
type Access uint8

// How a file is opened.
const (
	AccessUnknown Access = iota // a mode that could not be resolved: no finding
	ReadOnly
	Truncating // "w", O_TRUNC
	Updating   // "r+", O_WRONLY without O_TRUNC
	Appending  // "a", O_APPEND
	Exclusive  // "x", O_EXCL
	Creating   // O_CREATE alone, touch: a lock or a mark
)

// Mode is how a file is opened or created.
type Mode struct {
	Access Access
	Binary bool
	Perm   int  // -1: not named (the umask decides); -2: named, but no constant; else the permission bits
	Synced bool // O_SYNC, O_DSYNC
}

// Text says how text becomes bytes.
type Text struct {
	Encoding string // named: "utf-8"; "locale": text mode, none named; "?": a variable; "": bytes, or the language has one answer
}

// Fate is what becomes of an effect's error.
type Fate uint8

// What becomes of an error.
const (
	FateNone Fate = iota // it cannot fail in a way that matters, or unknown
	Returned             // given to the caller, or raised
	Logged               // written to a log, then forgotten
	Dropped              // not looked at
	Retried              // the same call is made again
)

// Answer is what the program does when it cannot read.
type Answer uint8

// What follows a read that fails.
const (
	AnswerUnknown Answer = iota
	Fails                // the error goes to the caller, or the program stops
	Defaults             // it goes on with an empty or default value
	Rebuilds             // it makes or fetches the content anew and goes on
	Recovers             // it reads another copy, or sets the bad one aside
	Elsewhere            // it is handled here, in a way that was not understood
)

// Reaction is what follows when a file is absent, and when it cannot be read.
type Reaction struct {
	Absent, Broken Answer
	At             Span   // the line that decides, the handler's say
	Text           string // a short quote of it
}

// Span is a place in a source file. Offsets are bytes from 0, lines from 1.
type Span struct {
	File       string
	Start, End int
	Line       int
}

// Site is the name of the place as it stands in values. The end belongs to
// it: of a().b() both calls begin at the same byte.
func (s Span) Site() string {
	return s.File + ":" + strconv.Itoa(s.Start) + "-" + strconv.Itoa(s.End)
}
