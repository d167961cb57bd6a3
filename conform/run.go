package conform

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// row is one case: it sets something up, has the writer write, and says in a
// few words what is there afterwards. The words are compared with want.
type row struct {
	id, title, want string
	also            []string            // other words that are as good
	accept          func(string) bool   // for what cannot be listed
	run             func(*scene) string // returns what was observed
}

// table is every case, in the order of the report.
func table() []row {
	return slices.Concat(newFile(), kept(), keptOfOthers(), kinds(), links(), places(), mounted(),
		failures(), injected(), interrupted(), order(), names(), races(), conditions())
}

// Run puts w through every case, in a directory of its own inside dir, which
// it removes at the end. The report is about the file system of dir, except
// where a case brings its own. Cases that act as another user need a dir that
// everybody may enter. When ctx ends the cases that are left are skipped.
//
// Run panics when it is called in a process that it started itself: Main was
// not called there.
func Run(ctx context.Context, w Writer, dir string) Report {
	if os.Getenv(jobVariable) != "" {
		panic("conform: this process was started by Run, and did not call Main with the writer")
	}
	report := Report{Writer: w.Name, System: system()}
	for _, r := range table() {
		report.Results = append(report.Results, r.judge(ctx, w, dir))
	}
	return report
}

func system() string {
	who := "a user"
	if os.Geteuid() == 0 {
		who = "root"
	}
	return fmt.Sprintf("%s/%s as %s", runtime.GOOS, runtime.GOARCH, who)
}

// ended is the panic by which a case ends early, with the outcome and why.
type ended struct {
	outcome Outcome
	why     string
}

func (r row) judge(ctx context.Context, w Writer, dir string) (res Result) {
	res = Result{ID: r.id, Title: r.title, Expected: r.want}
	s := &scene{ctx: ctx, w: w}
	defer s.close()
	defer func() {
		if p := recover(); p != nil {
			e, ok := p.(ended)
			if !ok {
				panic(p)
			}
			res.Outcome, res.Observed = e.outcome, e.why
		}
	}()
	if ctx.Err() != nil {
		s.skip("%v", ctx.Err())
	}
	s.open(dir)
	res.Observed = r.run(s) + s.remarks()
	if !r.accepts(res.Observed) {
		res.Outcome = Differs
	}
	return res
}

func (r row) accepts(observed string) bool {
	return observed == r.want || slices.Contains(r.also, observed) || r.accept != nil && r.accept(observed)
}

// scene is where one case plays: a fresh directory and all that is undone at
// the end.
type scene struct {
	ctx    context.Context
	w      Writer
	dir    string
	undo   []func()
	may    map[string]bool // names that may appear, below dir
	ignore []string        // directories that are not looked into
	extra  []string        // what is to be said about the case, sorted out by remarks
}

func (s *scene) open(parent string) {
	parent, err := filepath.Abs(parent)
	s.must(err)
	// Other names for the same directory would be told apart from it in traces.
	parent, err = filepath.EvalSymlinks(parent)
	s.must(err)
	s.dir, err = os.MkdirTemp(parent, "conform-")
	s.must(err)
	s.later(func() { os.RemoveAll(s.dir) })
	s.must(os.Chmod(s.dir, 0o755))
	s.may = map[string]bool{}
}

// later has f called when the case is over, last come first served.
func (s *scene) later(f func()) { s.undo = append(s.undo, f) }

func (s *scene) close() {
	for len(s.undo) > 0 {
		last := s.undo[len(s.undo)-1]
		s.undo = s.undo[:len(s.undo)-1]
		last()
	}
}

func (s *scene) skip(format string, args ...any) {
	panic(ended{Skipped, fmt.Sprintf(format, args...)})
}

func (s *scene) inapplicable(why string) { panic(ended{NotApplicable, why}) }

// must ends the case if something failed that the case is not about.
func (s *scene) must(err error) {
	if err != nil {
		panic(ended{Broken, "the case could not be set up: " + err.Error()})
	}
}

// able skips the case if an ability was tried and is not there.
func (s *scene) able(what string, err error) {
	if err != nil {
		s.skip("no %s: %v", what, err)
	}
}

// needRoot skips the case for an ordinary user.
func (s *scene) needRoot() {
	if os.Geteuid() != 0 {
		s.skip("needs root")
	}
}

// needUnix skips the case where modes, owners and errno values mean little.
func (s *scene) needUnix() {
	if runtime.GOOS == "windows" {
		s.skip("not on Windows")
	}
}

// note adds to what was observed, once.
func (s *scene) note(remark string) {
	if !slices.Contains(s.extra, remark) {
		s.extra = append(s.extra, remark)
	}
}

// remarks returns what was noted besides the case itself.
func (s *scene) remarks() string {
	slices.Sort(s.extra)
	var b strings.Builder
	for _, e := range s.extra {
		b.WriteString("; " + e)
	}
	return b.String()
}

// path returns the path of a name in the scene.
func (s *scene) path(name string) string { return filepath.Join(s.dir, name) }

// names lists everything below the directory.
func (s *scene) names() map[string]bool {
	found := map[string]bool{}
	filepath.WalkDir(s.dir, func(p string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(s.dir, p)
		switch {
		case err != nil:
			return nil
		case d.IsDir() && slices.Contains(s.ignore, name):
			return fs.SkipDir
		}
		found[name] = true
		return nil
	})
	return found
}

// isBeside reports whether the writer leaves the name on purpose, beside another
// that is there.
func (s *scene) isBeside(name string, there map[string]bool) bool {
	return slices.ContainsFunc(s.w.Beside, func(end string) bool {
		target, ok := strings.CutSuffix(name, end)
		return ok && (there[target] || s.may[target])
	})
}

// watched runs do and notes the names that came and went.
func (s *scene) watched(do func()) {
	before := s.names()
	do()
	after := s.names()
	for name := range after {
		if !before[name] && !s.may[name] && !s.isBeside(name, after) {
			s.note("litter")
		}
	}
	for name := range before {
		if !after[name] {
			s.note("a file is gone")
		}
	}
}
