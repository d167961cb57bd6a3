package effect

// RegionKind says in what kind of block an effect stands.
type RegionKind uint8

// The kinds of regions.
const (
	Body    RegionKind = iota
	Try                // its handlers are summed up in Handled
	Handler            // except, catch, .catch: runs after an error
	Finally            // runs in any case
	Defer              // runs when the function ends
	Loop               // may repeat
	Branch             // one side of a condition: Cond
	OnError            // if err != nil, and what follows a failure
	Lambda             // a nested function that is called elsewhere or later
	Task               // runs beside: go, create_task, a thread
	With               // a context manager's block
	Retry              // repeats until it succeeds
)

// A Region is a block of a function; Up leads to the block around it, and is
// nil for the function's body. Front ends share one Region among the effects
// of a block and may fill Handled when they reach the handlers.
type Region struct {
	Kind    RegionKind
	Up      *Region
	At      Span
	Cond    Cond
	Handled Fate // of a Try: what its broadest handler does with an error
	Leaves  bool // of a Branch: its block ends the function, so nothing after it follows it
	Early   bool // of a Branch of a callee: its block ended the callee before the usual end
}

// Cond is what a branch stands on.
type Cond struct {
	Exists *Value // "the path exists", or with Not "it does not"
	Not    bool
	Always bool // the usual way, although a branch: a test for a system, a nil or a feature
	Rare   bool // a way few take: only on Windows, only in a test
	// Missing: the error of an earlier read or test says that there is no
	// file. Which file, the steps before it show.
	Missing bool
}

// Within reports whether r or a block around it is of one of the kinds.
func (r *Region) Within(kinds ...RegionKind) bool {
	for ; r != nil; r = r.Up {
		for _, k := range kinds {
			if r.Kind == k {
				return true
			}
		}
	}
	return false
}

// Find returns the innermost block of the kind around r, r included, or nil.
func (r *Region) Find(kind RegionKind) *Region {
	for ; r != nil; r = r.Up {
		if r.Kind == kind {
			return r
		}
	}
	return nil
}

// Precedes reports whether what stands in r can be followed by what stands in
// to, later in the source: no block around r alone ends the function.
func (r *Region) Precedes(to *Region) bool {
	for ; r != nil; r = r.Up {
		if r.Leaves && !to.Inside(r) {
			return false
		}
	}
	return true
}

// Inside reports whether r is outer or lies in it. The same block may have
// been carried to several callers, so blocks are compared by their place.
func (r *Region) Inside(outer *Region) bool {
	for ; r != nil; r = r.Up {
		if r == outer || r.Kind == outer.Kind && r.At == outer.At && r.Leaves == outer.Leaves {
			return true
		}
	}
	return false
}

// Cleanup reports whether an effect here undoes or tidies rather than
// publishes: it runs after an error.
func (r *Region) Cleanup() bool { return r.Within(Handler, OnError) }

// Ends returns what becomes of e's error: its own fate, unless a try block
// around it catches the error.
func (e *Effect) Ends() Fate {
	f := e.Fate
	for r := e.In; r != nil; r = r.Up {
		if r.Kind == Try && r.Handled != FateNone && f != Dropped && f != Logged {
			f = r.Handled
		}
	}
	return f
}
