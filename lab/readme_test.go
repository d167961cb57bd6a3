package main

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeQuotesTheReports: every cell of a table in the README that says
// which report it is from stands in that report, in the row and the column of
// the same name. Nobody edits figures by hand.
func TestReadmeQuotesTheReports(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	quoted := 0
	for part := range strings.SplitSeq(string(readme), "<!-- from ") {
		name, text, ok := strings.Cut(part, " -->")
		if !ok || !strings.HasPrefix(name, "docs/reports/") {
			continue
		}
		page, err := os.ReadFile("../" + name)
		if err != nil {
			t.Error(err)
			continue
		}
		report := cells(string(page))
		for key, want := range cells(text) {
			quoted++
			if got := report[key]; got != want {
				t.Errorf("%s, row %q, column %q: the README says %q, the report %q", name, key[0], key[1], want, got)
			}
		}
	}
	cuts, err := os.ReadFile("../docs/reports/cut.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(cuts), "bad disks of ")
	total, _, ok := strings.Cut(after, " of ours")
	if !ok || !strings.Contains(string(readme), "0 bad of "+total+" disks") {
		t.Errorf("the report is of %q disks; the README says something else", total)
	}
	if quoted < 20 {
		t.Errorf("only %d figures of the README are from a report", quoted)
	}
}

// cells are those of all tables in a Markdown text, by the first cell of their
// row and the head of their column. Of two with the same name the first counts.
func cells(text string) map[[2]string]string {
	all := map[[2]string]string{}
	var head []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			head = nil
			continue
		}
		row := strings.Split(strings.Trim(line, "|"), "|")
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		switch {
		case head == nil:
			head = row
		case strings.HasPrefix(row[0], "---"):
		default:
			for i := 1; i < len(row) && i < len(head); i++ {
				key := [2]string{row[0], head[i]}
				if _, ok := all[key]; !ok {
					all[key] = row[i]
				}
			}
		}
	}
	return all
}
