package conform

import (
	"errors"
	"regexp"
	"strings"
)

// What strace prints, read.

var (
	beginOfCall = regexp.MustCompile(`^(\d+) +([a-z0-9_]+)\((.*)$`)
	endOfCall   = regexp.MustCompile(`^(.*)\) += (.*)$`)
	restOfCall  = regexp.MustCompile(`^(\d+) +<\.\.\. [a-z0-9_]+ resumed>(.*)$`)
)

const unfinished = " <unfinished ...>"

// callsIn returns the calls between the marks: those of the marked thread, and
// those of processes that it has started, for a writer may be in another
// language. The other threads of its own process are the runtime's.
func callsIn(text string) ([]call, error) {
	all := parse(text)
	begin, end := markIn(all, markBegin), markIn(all, markEnd)
	if begin < 0 || end < begin {
		return nil, errors.New("the trace has no end")
	}
	family := newFamily(all)
	marked := all[begin].thread
	var calls []call
	for _, c := range all[begin+1 : end] {
		writes := c.thread == marked || family.process(c.thread) != family.process(marked)
		if writes && !c.isTalk() {
			calls = append(calls, c)
		}
	}
	return calls, nil
}

func markIn(calls []call, mark string) int {
	for i, c := range calls {
		if strings.Contains(c.args, mark) {
			return i
		}
	}
	return -1
}

// isTalk reports whether the call is about something that has no name, such as
// the pipe between a writer and its process.
func (c call) isTalk() bool {
	path := c.path()
	return path != "" && !strings.HasPrefix(path, "/")
}

// parse returns all calls in the order in which they ended.
func parse(text string) []call {
	var calls []call
	count, pending := map[string]int{}, map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := restOfCall.FindStringSubmatch(line); m != nil {
			line = pending[m[1]] + m[2]
		} else if begin, cut := strings.CutSuffix(line, unfinished); cut {
			thread, _, _ := strings.Cut(line, " ")
			pending[thread] = begin
			continue
		}
		m := beginOfCall.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		c := call{thread: m[1], name: m[2], args: m[3]}
		if end := endOfCall.FindStringSubmatch(m[3]); end != nil {
			c.args, c.result = end[1], end[2]
		}
		count[c.thread+c.name]++
		c.nth = count[c.thread+c.name]
		calls = append(calls, c)
	}
	return calls
}

// family knows which threads are of one process: a thread's entry is the
// thread that started it in the same process.
type family map[string]string

func newFamily(calls []call) family {
	f := family{}
	for _, c := range calls {
		if strings.HasPrefix(c.name, "clone") && strings.Contains(c.args, "CLONE_THREAD") && !c.failed() {
			f[c.result] = c.thread
		}
	}
	return f
}

// process returns the first thread of the process of a thread.
func (f family) process(thread string) string {
	for {
		starter, ok := f[thread]
		if !ok {
			return thread
		}
		thread = starter
	}
}
