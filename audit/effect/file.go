package effect

// Language is one that a front end reads.
type Language string

// The languages.
const (
	Go         Language = "go"
	Python     Language = "python"
	JavaScript Language = "javascript"
	TypeScript Language = "typescript"
)

// File is what a front end found in one source file.
type File struct {
	Path     string // slashes, relative to the root of the audit
	Language Language
	Module   string // the dotted or slashed name others import it by
	Test     bool   // by the language's own convention: _test.go, test_x.py, x.spec.ts
	Broken   bool   // parts of it could not be parsed
	Parsed   int    // bytes that the parser was given
	Funcs    []*Func
	Classes  []*Class
	Globals  map[string]*Value // ID of a module-level variable: its definition
	Aliases  map[string]string // ID: the ID it is another name for (re-exports, assignments)
	Stars    []string          // modules all of whose names it has as well: export * from, from x import *
	Notes    []Note
}

// Func is one function, method, or the top level of a module (Name "").
// Its ID is unique in a run: Module + "." + [Class + "."] + Name; a nested
// function adds its own name to that of the function around it.
type Func struct {
	ID      string
	Name    string
	Class   string // class ID of a method, else ""
	Params  []Parameter
	Effects []Effect
	Results []*Value // by position; several returns make a Phi; errors are left out as Empty
	Sets    []Set    // fields of the receiver that it assigns
	Async   bool
	// Infallible: it has no way to pass an error on, so what its caller does
	// with "its error" says nothing.
	Infallible bool
	// Hook: it is another name for a function of the API table. What it does is
	// done where it is called.
	Hook    bool
	Manager bool // a context manager by decorator: Yield splits entry and exit
	// Signature is what it takes and gives, of a method that may meet a contract;
	// types go by their bare names.
	Signature string
	At        Span
	Text      string // its name as people write it: Store.Save
}

// Parameter of a function.
type Parameter struct {
	Name     string
	Type     string // class or type ID, if declared
	Default  *Value
	Variadic bool
}

// Set is an assignment to a field of the receiver or of a class.
type Set struct {
	Field string
	Value *Value
	At    Span
}

// Class is a class, a struct type or an interface.
type Class struct {
	ID     string
	Name   string
	Bases  []string          // IDs: base classes, embedded types
	Fields map[string]string // field: type ID, if declared
	// Methods are what an interface asks for: signatures by name; nil: it is none.
	Methods map[string]string
	Enter   string // IDs of what a with-block or "using" calls, if not __enter__/__exit__
	Exit    string
}

// Note is a comment that speaks to the audit: "wholly: ignore[rule] reason".
type Note struct {
	Line  int
	Own   bool // it stands on a line of its own and means the next one
	Rules []string
	Text  string // the reason
}
