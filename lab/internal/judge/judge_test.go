package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/journal"
	"github.com/wholly-go/wholly/lab/internal/mark"
)

const size = 100

func gen(n int) []byte { return mark.Content(n, size) }

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// marks reads lines of marks. @N stands for the sum of generation N, @damage
// for that of damage.
func marks(t *testing.T, lines string) (all []mark.Mark) {
	t.Helper()
	for line := range strings.SplitSeq(lines, "; ") {
		text, content, found := strings.Cut(line, "@")
		if found && content == "damage" {
			text += sum(damage)
		} else if found {
			var n int
			if _, err := fmt.Sscan(content, &n); err != nil {
				t.Fatal(err)
			}
			text += sum(gen(n))
		}
		m, err := mark.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

var damage = gen(0)[:size/2]

type files map[string][]byte

// judge looks at a disk with these files, after the marks up to the cut; the
// marks after "~~" come later in the recording.
func judgeFiles(t *testing.T, lines string, r Rules, on files) ([]Outcome, string) {
	t.Helper()
	before, after, _ := strings.Cut(lines, "; ~~; ")
	all := marks(t, before)
	h := historyOf(all)
	if after != "" {
		all = append(all, marks(t, after)...)
	}
	d := crash.New()
	for name, data := range on {
		d.Put(name, data, 0o640)
	}
	d.Reset()
	return Look(context.Background(), d.Root(), r, Learn(all)).Judge(h)
}

func historyOf(all []mark.Mark) *History {
	h := &History{}
	for _, m := range all {
		h.Add(m)
	}
	return h
}

const (
	start = "begin state 0; start"
	one   = start + "; begin state 1; ack state 1"
	two   = one + "; begin state 2; ack state 2"
)

// TestOutcomes: what a power cut may leave, at which moment it is wrong, and
// what it is called.
func TestOutcomes(t *testing.T) {
	library, keep2 := Rules{Library: true}, Rules{Library: true, Keep: 2}
	for _, tc := range []struct {
		name  string
		marks string
		rules Rules
		on    files
		want  []Outcome
	}{
		{"old, before the save", start, library, files{"state": gen(0)}, nil},
		{"old, during the save", start + "; begin state 1", library, files{"state": gen(0)}, nil},
		{"new, during the save", start + "; begin state 1", library, files{"state": gen(1)}, nil},
		{"new, after the save", one, library, files{"state": gen(1)}, nil},
		{"old, after the save", one, library, files{"state": gen(0)}, []Outcome{Lost}},
		{"new, before the save", start + "; ~~; begin state 1", library, files{"state": gen(1)}, []Outcome{Future}},
		{"new, of a save that was void", start + "; begin state 1; void state 1", library, files{"state": gen(1)}, []Outcome{Future}},
		{"the one before, during the next", one + "; begin state 2", library, files{"state": gen(1)}, nil},
		{"the one before that, during the next", one + "; begin state 2", library, files{"state": gen(0)}, []Outcome{Lost}},
		{"two writers, the first acknowledged last", start + "; begin state 1; begin state 2; ack state 2; ack state 1", library, files{"state": gen(1)}, nil},
		{"two writers, the one under way", start + "; begin state 1; begin state 2; ack state 2", library, files{"state": gen(1)}, nil},
		{"three writers, one before the last", start + "; begin state 1; begin state 2; ack state 1; begin state 3; ack state 3; ack state 2", library,
			files{"state": gen(1)}, []Outcome{Lost}},
		{"two writers, neither", start + "; begin state 1; begin state 2; ack state 2; ack state 1", library, files{"state": gen(0)}, []Outcome{Lost}},

		{"missing", start, Rules{}, files{}, []Outcome{Missing}},
		{"missing, for the library too", one, library, files{}, []Outcome{Missing}},
		{"empty", start, Rules{}, files{"state": {}}, []Outcome{Empty}},
		{"zeros", start, Rules{}, files{"state": make([]byte, size)}, []Outcome{Zeros}},
		{"cut", start, Rules{}, files{"state": gen(0)[:size-1]}, []Outcome{Torn}},
		{"mixed", one, Rules{}, files{"state": slices.Concat(gen(1)[:50], gen(0)[50:])}, []Outcome{Torn}},
		{"a hole", one, Rules{}, files{"state": slices.Concat(gen(1)[:50], make([]byte, 50))}, []Outcome{Torn}},
		{"torn, and the library cannot help", start, library, files{"state": damage}, []Outcome{Torn, Unreadable}},
		{"torn, and the library goes back", two, keep2, files{"state": damage, "state.bak": gen(1), "state.bak.2": gen(0)}, []Outcome{Torn, Lost}},

		{"new and absent, before it was acknowledged", "start; begin state 1", library, files{}, nil},
		{"new and absent, before it began", "start; ~~; begin state 1", library, files{}, nil},
		{"new and absent, afterwards", "start; begin state 1; ack state 1", library, files{}, []Outcome{Lost}},
		{"new and empty, before it was acknowledged", "start; begin state 1", Rules{}, files{"state": {}}, []Outcome{Empty}},
		{"one of two", "start; begin a 1; ack a 1; begin b 1; ack b 1", library, files{"a": gen(1)}, []Outcome{Lost}},

		{"by its sum", "begin state 0 @7; start", library, files{"state": gen(7)}, nil},
		{"by a sum that only the acknowledgement tells", start + "; begin state 1; ~~; ack state 1 @7", library, files{"state": gen(7)}, nil},
		{"empty, as it should be", "begin state 0 " + sum(nil) + "; start", library, files{"state": {}}, nil},
		{"the same content twice", one + "; begin state 2 @0; ack state 2 @0", library, files{"state": gen(0)}, nil},

		{"what the dead left", start, library, files{"state": gen(0), ".wholly-0123456789abc": []byte("x"), ".state.wholly-lock": nil}, nil},
		{"what nobody sweeps", start, library, files{"state": gen(0), "tmp": []byte("x")}, []Outcome{Litter}},
		{"what nobody sweeps, but belongs there", start, Rules{Library: true, Others: []string{"tmp"}}, files{"state": gen(0), "tmp": []byte("x")}, nil},
		{"what an undo left", start, library, files{"state": gen(0), ".state.wholly-undo": []byte("x")}, []Outcome{Litter}},
		{"the same, of a peer", start, Rules{}, files{"state": gen(0), "tmp": []byte("x")}, nil},
		{"a backup of another name", start, keep2, files{"state": gen(0), "other.bak": gen(0)}, []Outcome{Litter}},
		{"a backup with a false number", start, keep2, files{"state": gen(0), "state.bak.02": gen(0)}, []Outcome{Litter}},
		{"a backup with the number of the first", start, keep2, files{"state": gen(0), "state.bak.1": gen(0)}, []Outcome{Litter}},

		{"backups as they should be", two, keep2, files{"state": gen(2), "state.bak": gen(1), "state.bak.2": gen(0)}, nil},
		{"a backup is torn", two + "; begin state 3", keep2, files{"state": gen(2), "state.bak": damage}, []Outcome{Backup}},
		{"a backup is torn, and nobody reads", two + "; begin state 3", Rules{Keep: 2}, files{"state": gen(2), "state.bak": damage}, []Outcome{Backup}},
		{"a backup is of the future", one + "; begin state 2; ~~; begin state 3", keep2, files{"state": gen(1), "state.bak": gen(3)}, []Outcome{Backup}},
		{"a backup is missing, during a save", two + "; begin state 3", keep2, files{"state": gen(2), "state.bak": gen(1)}, nil},
		{"a backup is missing, when all is quiet", two, keep2, files{"state": gen(2), "state.bak": gen(1)}, []Outcome{Backup}},
		{"backups after a save that was void", two + "; begin state 3; void state 3", keep2, files{"state": gen(2), "state.bak": gen(1), "state.bak.2": gen(0)}, nil},
		{"backups in the wrong order", two, keep2, files{"state": gen(2), "state.bak": gen(0), "state.bak.2": gen(1)}, []Outcome{Backup}},
		{"backups from before the start", "begin state -1; begin state 0; begin state -2; " + strings.TrimPrefix(one, start+"; "), keep2,
			files{"state": gen(1), "state.bak": gen(0), "state.bak.2": gen(-1)}, nil},
		{"a version from before the start", "begin state -1; " + start, library, files{"state": gen(-1)}, []Outcome{Lost}},
		{"no backups are asked for", one, library, files{"state": gen(1), "state.bak": damage}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, why := judgeFiles(t, tc.marks, tc.rules, tc.on); !slices.Equal(got, tc.want) {
				t.Errorf("found %v, want %v: %s", got, tc.want, why)
			} else if len(got) == 0 != (why == "") {
				t.Errorf("%v, but the reason is %q", got, why)
			}
		})
	}
}

// TestRecovery: of a file that starts damaged, neither the damage nor the good
// version may go.
func TestRecovery(t *testing.T) {
	const start = "begin state 0 @damage; begin state -1; start"
	const saved = start + "; begin state 1 @-1; ack state 1 @-1"
	rules := Rules{Library: true, Recovers: true}
	good := gen(-1)
	for _, tc := range []struct {
		name  string
		marks string
		on    files
		want  []Outcome
	}{
		{"before", start, files{"state": damage, "state.bak": good}, nil},
		{"during", start + "; begin state 1 @-1", files{"state": damage, "state.bak": good, "state.bad-1": damage}, nil},
		{"mended, but not told", start + "; begin state 1 @-1", files{"state": good, "state.bak": good, "state.bad-1": damage}, nil},
		{"after", saved, files{"state": good, "state.bak": good, "state.bad-1": damage}, nil},
		{"mended too early", start, files{"state": good, "state.bak": good, "state.bad-1": damage}, []Outcome{Lost}},
		{"not mended", saved, files{"state": damage, "state.bak": good}, []Outcome{Lost}},
		{"the damage is gone", saved, files{"state": good, "state.bak": good}, []Outcome{Backup}},
		{"the good version is gone", saved, files{"state": good, "state.bad-1": damage}, []Outcome{Backup}},
		{"the damage has pushed the good version out", saved, files{"state": good, "state.bak": damage}, []Outcome{Backup}},
		{"torn later, and the library goes back", saved + "; begin state 2; ack state 2",
			files{"state": gen(2)[:10], "state.bak": good, "state.bad-1": damage}, []Outcome{Torn, Lost}},
		{"the good version is gone too early", start, files{"state": damage}, []Outcome{Torn, Unreadable, Backup}},
		{"the good version is torn", start, files{"state": damage, "state.bak": good[:10]}, []Outcome{Torn, Unreadable, Backup}},
		{"the file is gone", saved, files{"state.bak": good, "state.bad-1": damage}, []Outcome{Missing}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, why := judgeFiles(t, tc.marks, rules, tc.on); !slices.Equal(got, tc.want) {
				t.Errorf("found %v, want %v: %s", got, tc.want, why)
			}
		})
	}
}

// logOf is a journal with these generations as its records.
func logOf(t *testing.T, gens ...int) []byte {
	t.Helper()
	var records [][]byte
	for _, n := range gens {
		records = append(records, gen(n))
	}
	return logWith(t, records...)
}

func logWith(t *testing.T, records ...[]byte) []byte {
	t.Helper()
	d := crash.New()
	j, err := journal.OpenIn(context.Background(), d.Root(), "log", journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if _, err := j.AppendAll(context.Background(), records...); err != nil {
		t.Fatal(err)
	}
	return d.Files()["log"]
}

// TestLogs: every record that was acknowledged is there, in order.
func TestLogs(t *testing.T) {
	const start = "begin log 0; start"
	const two = start + "; begin log 1; ack log 1; begin log 2; ack log 2"
	torn := logOf(t, 1, 2, 3)
	torn = torn[:len(torn)-1]
	damaged := logOf(t, 1, 2, 3)
	at := strings.Index(string(damaged), "generation 2")
	damaged[at+40] ^= 1
	for _, tc := range []struct {
		name  string
		marks string
		on    files
		want  []Outcome
	}{
		{"all", two, files{"log": logOf(t, 1, 2)}, nil},
		{"none yet", start + "; begin log 1", files{"log": logOf(t)}, nil},
		{"one that is under way", two + "; begin log 3", files{"log": logOf(t, 1, 2, 3)}, nil},
		{"some of those under way", two + "; begin log 3; begin log 4", files{"log": logOf(t, 1, 2, 3)}, nil},
		{"one that is under way, torn", two + "; begin log 3", files{"log": torn}, nil},
		{"one is torn", two + "; begin log 3; ack log 3", files{"log": torn}, []Outcome{Lost}},
		{"one is damaged", two + "; begin log 3; ack log 3", files{"log": damaged}, []Outcome{Torn}},
		{"the last is gone", two, files{"log": logOf(t, 1)}, []Outcome{Lost}},
		{"the first is gone", two, files{"log": logOf(t, 2)}, []Outcome{Lost}},
		{"the first is gone, as it may", two + "; void log 1", files{"log": logOf(t, 2)}, nil},
		{"the first may be gone, and is not", two + "; void log 1", files{"log": logOf(t, 1, 2)}, nil},
		{"one is not there but the next", two + "; begin log 3; begin log 4", files{"log": logOf(t, 1, 2, 4)}, []Outcome{Torn}},
		{"out of order", two, files{"log": logOf(t, 2, 1)}, []Outcome{Torn}},
		{"of the future", two + "; ~~; begin log 3", files{"log": logOf(t, 1, 2, 3)}, []Outcome{Future}},
		{"nonsense behind the last", two + "; begin log 3", files{"log": append(logOf(t, 1, 2), "nonsense"...)}, nil},
		{"a record of nobody", two + "; begin log 3", files{"log": logWith(t, gen(1), gen(2), damage)}, []Outcome{Torn}},
		{"the log is gone", two, files{}, []Outcome{Missing, Lost}},
		{"the log is empty", two, files{"log": {}}, []Outcome{Lost}},
		{"the log is zeros", two, files{"log": make([]byte, 100)}, []Outcome{Unreadable}},
		{"a new log is not there", "start; begin log 1", files{}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, why := judgeFiles(t, tc.marks, Rules{Log: true, Library: true}, tc.on); !slices.Equal(got, tc.want) {
				t.Errorf("found %v, want %v: %s", got, tc.want, why)
			}
		})
	}
}

// TestUnreadable: a disk that answers with errors is not taken for a good one.
func TestUnreadable(t *testing.T) {
	all := marks(t, start)
	for _, op := range []string{"list", "stat", "open", "read"} {
		d := crash.New()
		d.Put("state", gen(0), 0o640)
		d.Reset()
		d.Fault = func(o crash.Op) error {
			if o.Kind == op {
				return errors.New("the disk is gone")
			}
			return nil
		}
		bad, why := Look(context.Background(), d.Root(), Rules{}, Learn(all)).Judge(historyOf(all))
		if !slices.Contains(bad, Unreadable) || !strings.Contains(why, "the disk is gone") {
			t.Errorf("errors of %s: %v, %s", op, bad, why)
		}
	}
}

func TestADirectoryInTheFilesPlaceIsUnreadable(t *testing.T) {
	d := crash.New()
	d.PutDir("state")
	d.Reset()
	all := marks(t, start)
	if bad, why := Look(context.Background(), d.Root(), Rules{}, Learn(all)).Judge(historyOf(all)); !slices.Equal(bad, []Outcome{Unreadable}) {
		t.Errorf("%v: %s", bad, why)
	}
}

// TestTroubleOnTheWay: a sweep that fails once, a repair that fails.
func TestTroubleOnTheWay(t *testing.T) {
	for _, tc := range []struct {
		name, marks string
		rules       Rules
		on          files
		fails       string // an operation, the first time
		want        []Outcome
	}{
		{"a second sweep finds more", start, Rules{Library: true}, files{"state": gen(0), ".wholly-0123456789abc": nil}, "unlink", []Outcome{Litter}},
		{"what is read is not put back", "begin state 0 @damage; begin state -1; start", Rules{Library: true, Recovers: true},
			files{"state": damage, "state.bak": gen(-1)}, "rename", []Outcome{Torn, Unreadable}},
	} {
		all := marks(t, tc.marks)
		d := crash.New()
		for name, data := range tc.on {
			d.Put(name, data, 0o640)
		}
		d.Reset()
		failed := false
		d.Fault = func(op crash.Op) error {
			if failed || op.Kind != tc.fails {
				return nil
			}
			failed = true
			return errors.New("the disk is tired")
		}
		bad, why := Look(context.Background(), d.Root(), tc.rules, Learn(all)).Judge(historyOf(all))
		if !slices.Equal(bad, tc.want) || !failed {
			t.Errorf("%s: %v, want %v: %s", tc.name, bad, tc.want, why)
		}
	}
}

// TestAfterTheRecovery: what only the library has done is judged as well.
func TestAfterTheRecovery(t *testing.T) {
	all := marks(t, two)
	d := crash.New()
	for name, n := range map[string]int{"state": 2, "state.bak": 1, "state.bak.2": 0} {
		d.Put(name, gen(n), 0o640)
	}
	look := func() Sight {
		return Look(context.Background(), d.Root(), Rules{Library: true, Keep: 2}, Learn(all))
	}
	good := look()
	d.Put("state", gen(1), 0o640)
	d.Put("state.bak", damage, 0o640)
	bad := look()
	if got, why := good.Judge(historyOf(all)); len(got) > 0 {
		t.Fatalf("%v: %s", got, why)
	}
	good.after = bad.after
	got, why := good.Judge(historyOf(all))
	if want := "state is generation [1], acknowledged but lost after the recovery; state.bak is torn, generation [] after the recovery"; why != want {
		t.Errorf("%v: %s\nwant %s", got, why, want)
	}
}

// TestASightIsJudgedForEachMoment: equal disks are looked at once.
func TestASightIsJudgedForEachMoment(t *testing.T) {
	d := crash.New()
	d.Put("state", gen(1), 0o640)
	all := marks(t, two)
	s := Look(context.Background(), d.Root(), Rules{Library: true}, Learn(all))
	var h History
	var got []string
	for _, m := range all {
		h.Add(m)
		bad, _ := s.Judge(&h)
		got = append(got, fmt.Sprint(m, " ", bad))
	}
	want := "begin state 0 [future],start [future],begin state 1 [],ack state 1 [],begin state 2 [],ack state 2 [acknowledged but lost]"
	if strings.Join(got, ",") != want {
		t.Errorf("%v\nwant %s", got, want)
	}
}

func TestABrokenDiskIsNothingElse(t *testing.T) {
	s := Broken(Unmountable, errors.New("bad magic number"))
	for range 2 {
		bad, why := s.Judge(historyOf(marks(t, two)))
		if !slices.Equal(bad, []Outcome{Unmountable}) || !strings.Contains(why, "bad magic number") {
			t.Errorf("%v: %s", bad, why)
		}
	}
}

func TestEveryOutcomeHasAWord(t *testing.T) {
	all := Outcomes()
	if len(all) != int(Unmountable)+1 || all[0] != Good {
		t.Errorf("%v", all)
	}
	seen := map[string]bool{}
	for _, o := range all {
		if s := o.String(); s == "" || seen[s] {
			t.Errorf("outcome %d is %q", o, s)
		} else {
			seen[s] = true
		}
	}
}

func ExampleSight_Judge() {
	var all []mark.Mark
	for _, line := range []string{"begin state 0", "start", "begin state 1", "ack state 1"} {
		m, _ := mark.Parse(line)
		all = append(all, m)
	}
	disk := crash.New()
	disk.Put("state", mark.Content(0, 1000), 0o640) // the power went, and this is there
	s := Look(context.Background(), disk.Root(), Rules{}, Learn(all))

	var h History
	for _, m := range all {
		h.Add(m)
	}
	fmt.Println(s.Judge(&h))
	// Output: [acknowledged but lost] state is generation [0], acknowledged but lost for a stranger
}

func BenchmarkLook(b *testing.B) {
	d := crash.New()
	d.Put("state", mark.Content(0, 32<<10), 0o640)
	m, _ := mark.Parse("begin state 0")
	k := Learn([]mark.Mark{m})
	b.ReportAllocs()
	for b.Loop() {
		Look(context.Background(), d.Root(), Rules{Library: true}, k)
	}
}
