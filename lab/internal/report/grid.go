package report

// Grid compares writers case by case.
type Grid struct {
	Writers []Writer // in the order of the answers to a case
	Topics  []Topic
}

// Writer is one column.
type Writer struct {
	Name string
	Note string // such as a version
}

// Topic is a set of cases under one heading.
type Topic struct {
	Title string
	Cases []Check
}

// Check is one row.
type Check struct {
	ID      string // "K3"
	Title   string
	Want    string   // what was decided
	Answers []Answer // one a writer
}

// Answer is what a writer did.
type Answer struct {
	Verdict Verdict
	Text    string
}

// Verdict is an answer held against what was decided. The values are those of
// conform.Outcome.
type Verdict uint8

const (
	AsDecided Verdict = iota
	Differs
	Skipped
	NotApplicable
	Broken
)

var verdicts = []struct{ sign, word, class string }{
	AsDecided:     {"✓", "as decided", "same"},
	Differs:       {"≠", "differs", "differs"},
	Skipped:       {"○", "skipped", "skipped"},
	NotApplicable: {"–", "not applicable", "none"},
	Broken:        {"!", "broken", "broken"},
}

func (v Verdict) known() Verdict { return min(v, Broken) }

// Sign returns one character for the verdict.
func (v Verdict) Sign() string { return verdicts[v.known()].sign }

// String returns the verdict in words.
func (v Verdict) String() string { return verdicts[v.known()].word }

// answer is the answer of the writer with this number; what is not there is
// not applicable.
func (c Check) answer(writer int) Answer {
	if writer < len(c.Answers) {
		return c.Answers[writer]
	}
	return Answer{Verdict: NotApplicable}
}

// count counts the verdicts about a writer.
func (g Grid) count(writer int) [Broken + 1]int {
	var n [Broken + 1]int
	for _, t := range g.Topics {
		for _, c := range t.Cases {
			n[c.answer(writer).Verdict.known()]++
		}
	}
	return n
}

// summary has a line a writer.
func (g Grid) summary() Table {
	t := Table{Head: []string{"", "version"}}
	for v := range Broken + 1 {
		t.Head = append(t.Head, v.Sign()+" "+v.String())
	}
	for i, w := range g.Writers {
		line := []string{w.Name, w.Note}
		for _, n := range g.count(i) {
			line = append(line, Count(n))
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// table has a line a case of the topic.
func (g Grid) table(topic Topic) Table {
	t := Table{Head: []string{"", "case", "decided"}}
	for _, w := range g.Writers {
		t.Head = append(t.Head, w.Name)
	}
	for _, c := range topic.Cases {
		line := []string{c.ID, c.Title, c.Want}
		for i := range g.Writers {
			line = append(line, c.answer(i).cell())
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// cell is an answer with its sign; what differs is strong.
func (a Answer) cell() string {
	v := a.Verdict.known()
	if v == NotApplicable {
		return v.Sign()
	}
	text := a.Text
	if text == "" {
		text = v.String()
	}
	if v == Differs || v == Broken {
		text = strong(text)
	}
	return v.Sign() + " " + text
}
