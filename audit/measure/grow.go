package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// sizes are the numbers of files of CPython's library and of Kubernetes; with
// them a generated tree has about as many bytes, too.
var sizes = map[string]int{"python": 2137, "go": 4951}

// grow makes a tree of n files. Most functions do no more than compute, with
// words in them that are also names of file calls; some write files, some call
// those that do.
func grow(dir, language string, n int, seed uint64) error {
	if n == 0 {
		n = sizes[language]
	}
	write := func(name, text string) error {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			return err
		}
		return os.WriteFile(p, []byte(text), 0o644)
	}
	switch language {
	case "python":
		return growPython(n, seed, write)
	case "go":
		return growGo(n, seed, write)
	}
	return fmt.Errorf("cannot generate %q: python or go", language)
}

// gardener writes one file.
type gardener struct {
	*rand.Rand
	strings.Builder
}

func newGardener(seed uint64, file int) *gardener {
	return &gardener{Rand: rand.New(rand.NewPCG(seed, uint64(file)))}
}

var nouns = strings.Fields(`account address batch buffer bucket cache channel cluster config cursor digest domain entry event
	field filter frame graph group header index item job key label layer limit list lock log map mark member message metric
	model module node offset option order owner packet page part path peer phase plan point pool port profile queue range
	record region report request result role route rule scope segment series session shard signal slot source span stage
	state status stream table target task term token topic tree unit user value vector version view volume window worker`)

var verbs = strings.Fields(`add apply build check clean collect compare convert copy count create decode drop encode expand
	fetch find fold format get group handle join link load make map mark match merge move open order pack parse pick print
	push rank reduce remove render replace reset resolve restore scale scan select send set sort split start stop store sum
	take test trim update visit walk wrap write`)

// a is a word of a list.
func (g *gardener) a(words []string) string { return words[g.IntN(len(words))] }

// line adds a line: in the format, %v are nouns.
func (g *gardener) line(indent int, format string) {
	g.WriteString(strings.Repeat(" ", indent))
	for {
		before, after, ok := strings.Cut(format, "%v")
		g.WriteString(before)
		if !ok {
			break
		}
		g.WriteString(g.a(nouns))
		format = after
	}
	g.WriteByte('\n')
}

// one of the blocks, each of several lines, one of which may be indented more.
func (g *gardener) block(indent int, blocks []string) {
	for line := range strings.Lines(g.a(blocks)) {
		g.line(indent, strings.TrimRight(line, "\n"))
	}
}

// chance is true in so many of 100.
func (g *gardener) chance(percent int) bool { return g.IntN(100) < percent }

// title is a word with a capital.
func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
