package wholly_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const ours = "github.com/wholly-go/wholly"

// rooms says which of our packages each room may import, and why not more. A
// room that is not listed fails: a new one gets its line first.
var rooms = map[string]struct {
	may   []string // besides its own internal packages
	tests []string // its tests, in addition
	why   string
}{
	".":             {may: []string{"internal/disk", "lock"}, why: "the write path stands on the disk and the lock alone"},
	"internal/disk": {why: "it is the floor: it talks to the operating system and to nobody else"},
	"lock":          {may: []string{"internal/disk"}, why: "a lock is a file, and only internal/disk opens files"},
	"crash":         {may: []string{"internal/disk"}, tests: []string{"."}, why: "rooms do not know the crash model, only their tests do; the model knows the disk, not the library"},
	"conform":       {tests: []string{"."}, why: "it judges any writer, so it must not lean on ours"},
	"store":         {may: []string{"."}, tests: []string{"crash"}, why: "a document is saved by the library's verbs and in no other way"},
	"journal":       {may: []string{".", "lock", "internal/disk"}, tests: []string{"crash"}, why: "a record is appended to a file, which the verbs cannot do; all else is theirs"},
	"agent":         {may: []string{".", "store", "journal", "lock"}, why: "the agents' files on disk: formats from below, saving from the library"},
	"cmd/wholly": {may: append([]string{".", "lock", "store", "journal", "agent", "agent/keeper", "agent/keeper/vault",
		"audit", "audit/effect", "audit/grammar", "audit/rule", "audit/report", "audit/baseline", "audit/change", "audit/fix", "audit/demo", "audit/outcome"}, formats...), why: "the command line uses what every user can use"},

	"agent/keeper/cdp": {why: "a wire knows nothing of what is said over it"},
	"agent/keeper":     {may: []string{".", "store", "agent/storagestate", "agent/keeper/cdp", "agent/keeper/vault", "agent/internal/lossless"}, why: "it joins the browser's side to the file's, and saves through the library alone"},

	"agent/keeper/vault": {may: []string{".", "agent", "agent/storagestate"}, why: "how a state file is kept: it knows files and formats, and no browser"},
	"examples/demo":      {why: "a site that is kept knows nothing of its keeper"},

	"audit":          {may: []string{"audit/effect", "audit/golang", "audit/python", "audit/script", "audit/splice", "audit/protocol", "audit/weigh", "audit/outcome", "audit/rule"}, why: "it may be used without the library, so it imports no room outside; here its rooms meet"},
	"audit/effect":   {why: "the one language of the audit: it knows no parser and no disk"},
	"audit/grammar":  {why: "the only room with cgo: it gives nodes and knows no effects"},
	"audit/golang":   {may: []string{"audit/effect", "audit/table"}, why: "a front end says what a source does and judges nothing"},
	"audit/table":    {may: []string{"audit/effect"}, why: "what known calls do, as data"},
	"audit/cut":      {may: []string{"audit/grammar"}, why: "which bytes must be parsed is decided before there is a tree"},
	"audit/flow":     {may: []string{"audit/effect", "audit/table"}, why: "what front ends of several languages do alike while they walk a function"},
	"audit/python":   {may: readers, why: "a front end says what a source does and judges nothing"},
	"audit/script":   {may: readers, why: "a front end says what a source does and judges nothing"},
	"audit/splice":   {may: []string{"audit/effect"}, why: "a call is replaced by what the callee does, whatever the language"},
	"audit/protocol": {may: []string{"audit/effect", "audit/splice"}, why: "a verdict rests on effects alone"},
	"audit/outcome":  {may: []string{"audit/effect", "audit/protocol"}, tests: []string{"audit/golang", "audit/splice"}, why: "crash states follow from the steps of a site"},
	"audit/weigh":    {may: []string{"audit/effect", "audit/splice", "audit/protocol"}, why: "importance is evidence on a site"},
	"audit/measure":  {may: []string{"audit", "audit/effect"}, tests: []string{"audit/grammar"}, why: "what a scan costs is measured from outside, as its users see it"},
	"audit/rule":     {may: []string{"audit/effect", "audit/splice", "audit/protocol", "audit/weigh"}, why: "a rule looks at a site and what it weighs"},

	"audit/demo":     {may: []string{"audit", "audit/effect", "audit/outcome", "audit/protocol"}, why: "what was predicted is done for real, on files of its own"},
	"audit/baseline": {may: []string{"audit"}, why: "it knows findings by their fingerprints and asks no more"},
	"audit/change":   {may: []string{"audit"}, why: "lines that changed, whatever was found on them"},
	"audit/report":   {may: []string{"audit", "audit/baseline", "audit/effect", "audit/outcome", "audit/protocol", "audit/rule"}, why: "how a result looks; it reads no source and judges nothing"},

	"audit/vet": {may: []string{"audit", "audit/effect", "audit/fix", "audit/golang", "audit/protocol", "audit/rule"}, why: "the analyzer of go vet is the audit of one package at a time; a module of its own, for its requirements"},
	"audit/fix": {may: []string{"audit", "audit/effect", "audit/grammar", "audit/protocol", "audit/rule"}, tests: []string{"audit/golang"}, why: "what is to be changed is what was found, and tokens are found in a tree; it returns contents and writes none"},

	"lab":                  {may: []string{".", "conform"}, why: "the verbs of the lab; what they show is made in its rooms"},
	"lab/internal/mark":    {why: "what a workload says is for any program, so it leans on none"},
	"lab/internal/judge":   {may: []string{".", "internal/disk", "journal", "lab/internal/mark"}, tests: []string{"crash"}, why: "it reads files as their users do, on a real disk and on the model's"},
	"lab/internal/play":    {may: append([]string{".", "internal/disk", "store", "journal", "agent", "lab/internal/mark", "lab/internal/judge", "lab/internal/peer"}, formats...), tests: []string{"crash"}, why: "the workloads are all ways to save; what is done with them is not theirs"},
	"lab/internal/model":   {may: []string{"crash", "lab/internal/mark", "lab/internal/judge", "lab/internal/play"}, why: "the model of crash runs the very workloads that the lab cuts"},
	"lab/internal/peer":    {why: "others' libraries, each as one function"},
	"lab/internal/compare": {may: []string{".", "conform", "lab/internal/peer", "lab/internal/report"}, tests: []string{"lab/internal/rig"}, why: "the table of conform for others"},
	"lab/internal/tape":    {why: "a recording is bytes in order, whoever made it"},
	"lab/internal/platter": {may: []string{"lab/internal/tape"}, why: "a disk knows no file system and no workload"},
	"lab/internal/rig":     {why: "file systems and devices of the machine; it knows nothing of what is done on them"},
	"lab/internal/stand":   {may: []string{"lab/internal/platter", "lab/internal/rig"}, why: "a file system on a disk of the lab"},
	"lab/internal/cut":     {may: []string{".", "internal/disk", "lab/internal/mark", "lab/internal/judge", "lab/internal/play", "lab/internal/report", "lab/internal/rig", "lab/internal/stand", "lab/internal/tape"}, tests: []string{"lab/internal/platter", "lab/internal/model"}, why: "it records, cuts and judges; how it looks is the report's"},
	"lab/internal/eio":     {may: []string{".", "internal/disk", "journal", "lab/internal/mark", "lab/internal/judge", "lab/internal/rig", "lab/internal/stand"}, tests: []string{"lab/internal/platter"}, why: "the same stand, with a disk that fails"},
	"lab/internal/bench":   {may: []string{".", "internal/disk", "lab/internal/peer", "lab/internal/report", "lab/internal/rig"}, why: "it times and counts; nothing is cut"},
	"lab/internal/report":  {may: []string{"."}, why: "pages are written whole, by the library"},
	"lab/internal/screen":  {may: []string{"lab/internal/report"}, why: "tables look the same on a terminal and on a page"},

	"agent/internal/lossless": {why: "JSON as it was written knows no format"},
	"agent/pattern":           {may: lossless, why: "formats never touch a disk"},
	"agent/storagestate":      {may: lossless, why: "formats never touch a disk"},
	"agent/history":           {may: lossless, why: "formats never touch a disk"},
	"agent/conversation":      {may: lossless, why: "formats never touch a disk"},
}

var (
	readers  = []string{"audit/effect", "audit/grammar", "audit/cut", "audit/table", "audit/flow"}
	lossless = []string{"agent/internal/lossless"}
	formats  = []string{"agent/pattern", "agent/storagestate", "agent/history", "agent/conversation"}
)

// disks are the rooms whose files reach the disk only through internal/disk:
// a call past it would be invisible to the crash model.
var disks = []string{".", "lock", "crash", "store", "journal", "agent", "agent/keeper/vault"}

// osAllowed are the names of package os that do not touch a disk, or hand it
// over to internal/disk.
var osAllowed = []string{"Root", "OpenRoot", "IsPathSeparator", "Getenv", "UserHomeDir"}

var errnoName = regexp.MustCompile(`^(E[A-Z0-9]+|ERROR_[A-Z_]+|Errno)$`)

func TestRoomsImportWhatTheyMay(t *testing.T) {
	for _, f := range sources(t) {
		room := roomOf(f.dir)
		rule, ok := rooms[room]
		if !ok {
			t.Errorf("%s: the room %q is not in the house: add it with its arrows and the reason", f.path, room)
			continue
		}
		for _, imp := range f.ast.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			if name != ours && !strings.HasPrefix(name, ours+"/") {
				continue
			}
			to := path.Clean(strings.TrimPrefix(strings.TrimPrefix(name, ours), "/"))
			if to == "" {
				to = "."
			}
			allowed := to == room || strings.HasPrefix(to, room+"/") && room != "." ||
				slices.Contains(rule.may, to) || f.test && slices.Contains(rule.tests, to)
			if !allowed {
				t.Errorf("%s imports %s: %s may not: %s", f.path, name, room, rule.why)
			}
		}
	}
}

// roomOf returns the listed folder that dir lies in.
func roomOf(dir string) string {
	for d := dir; d != "."; d = path.Dir(d) {
		if _, ok := rooms[d]; ok {
			return d
		}
	}
	if dir == "." {
		return "."
	}
	return dir
}

func TestOnlyDiskTalksToTheSystem(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || !slices.Contains(disks, roomOf(f.dir)) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok || pkg.Obj != nil {
				return true
			}
			name := sel.Sel.Name
			switch pkg.Name {
			case "os":
				if !slices.Contains(osAllowed, name) {
					t.Errorf("%s uses os.%s: only internal/disk talks to the operating system", f.path, name)
				}
			case "syscall", "unix", "windows":
				if !errnoName.MatchString(name) {
					t.Errorf("%s uses %s.%s: only internal/disk talks to the operating system", f.path, pkg.Name, name)
				}
			}
			return true
		})
	}
}

func TestRootRequiresOnlySys(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mod)) {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "require"))
		if strings.Contains(line, ".") && strings.Contains(line, " v") && !strings.HasPrefix(line, "golang.org/x/sys ") {
			t.Errorf("go.mod requires %q: whoever uses the library takes part in its version selection", line)
		}
	}
}

func TestReplaceStandsInWorkOnly(t *testing.T) {
	for _, dir := range modules(t) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(mod), "replace ") {
			t.Errorf("%s/go.mod has a replace line: go install …@version would refuse it; go.work is the place", dir)
		}
	}
}

type source struct {
	path, dir string
	test      bool
	ast       *ast.File
}

// sources parses every Go file of every module, whatever platform it is for.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	walk(t, func(p string) {
		if !strings.HasSuffix(p, ".go") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		p = filepath.ToSlash(p)
		all = append(all, source{p, path.Dir(p), strings.HasSuffix(p, "_test.go"), f})
	})
	if len(all) < 20 {
		t.Fatalf("only %d files were found: the test looks at the wrong place", len(all))
	}
	return all
}

func modules(t *testing.T) []string {
	t.Helper()
	var dirs []string
	walk(t, func(p string) {
		if filepath.Base(p) == "go.mod" {
			dirs = append(dirs, filepath.Dir(p))
		}
	})
	return dirs
}

func walk(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && p != ".") {
			return fs.SkipDir
		}
		if !d.IsDir() {
			visit(p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
