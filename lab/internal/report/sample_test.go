package report_test

import "github.com/wholly-go/wholly/lab/internal/report"

// The samples have the shape of real pages, and figures that were made up.
var samples = map[string]report.Page{
	"cut":     cutPage,
	"bench":   benchPage,
	"conform": conformPage,
}

var facts = []report.Fact{
	{Name: "processor", Value: "Example CPU, 2 cores, amd64"},
	{Name: "memory", Value: "23.5 GiB"},
	{Name: "kernel", Value: "Linux 6.18.44"},
	{Name: "Go", Value: "go1.26.8"},
	{Name: "e2fsprogs", Value: "1.47.0"},
	{Name: "seed", Value: "1, 2"},
	{Name: "load", Value: "0.41, 0.80, 1.95 (over 1, 5 and 15 minutes)"},
	{Name: "date", Value: "2026-01-02 15:04 UTC"},
}

var cutPage = report.Page{
	Title:   "What a power cut leaves",
	Lead:    "The power was cut at every write that reached the disk. Each disk that could have been left was mounted, so that the kernel replayed its journal, and the file was read as a stranger would and through the library.",
	Command: "go run ./lab cut --commits 20 --seeds 1,2",
	Figures: []report.Figure{
		{Value: "0", Says: "bad of 28,411 disks, ours", Tone: report.Fine},
		{Value: "4 of 4", Says: "controls came out bad, as they must", Tone: report.Fine},
		{Value: "8,902", Says: "disks on which a peer had lost an acknowledged commit; none of them promises otherwise"},
	},
	Parts: []report.Part{
		{
			Heading: "Outcomes",
			Text:    []string{"**F** is fsync of the file, **R** rename, **D** fsync of the directory, **L** hard link, in the order that strace saw."},
			Show:    outcomes,
			Notes: []string{
				"Counts of crash states are not probabilities of a loss in the field. Zero against not zero is the message.",
				"For renameio, losing the newest commit is outside the contract: its README gives up durability on purpose (https://github.com/google/renameio).",
			},
		},
		{Heading: "Who was asked", Show: report.Table{
			Head: []string{"peer", "version", "stars", "what it promises"},
			Rows: [][]string{
				{"google/renameio", "v2.0.2", "654", "atomic; \"not durable\" by its README"},
				{"natefinch/atomic", "v1.0.1", "1,204", "says nothing about durability in `README.md` or `atomic.go`"},
			},
		}},
	},
	Facts: facts,
}

var outcomes = report.Outcomes{
	Kinds: []report.Kind{
		{Name: "good", Means: "one complete generation, none older than the last that was acknowledged"},
		{Name: "missing", Class: report.Damaged, Means: "there is no file"},
		{Name: "empty", Class: report.Damaged, Means: "its length is zero"},
		{Name: "zeros", Class: report.Damaged, Means: "the right length, all bytes zero"},
		{Name: "torn", Class: report.Damaged, Means: "neither one generation nor another"},
		{Name: "unreadable", Class: report.Damaged, Means: "reading it fails"},
		{Name: "lost", Class: report.Lost, Means: "whole, but a commit that was acknowledged is gone"},
		{Name: "backup", Class: report.Untidy, Means: "an earlier version that is not whole"},
		{Name: "litter", Class: report.Untidy, Means: "a sweep leaves something behind"},
		{Name: "unmountable", Class: report.Outside, Means: "the kernel refuses the file system"},
	},
	Systems: []string{"ext4", "ext4 writeback", "XFS", "btrfs"},
	Groups: []report.Group{
		{Title: "Ours", Text: "Nothing bad may be found.", Rows: []report.Row{
			{Name: "replace", Calls: "F R D", Promise: "on the disk when it returns", Durable: true, Cells: cells(
				[]int{2498}, []int{2418}, []int{1675}, []int{5273})},
			{Name: "replace, Keep 3", Calls: "F L R R D", Promise: "the same, and three whole earlier versions", Durable: true, Cells: cells(
				[]int{2859}, []int{2618}, []int{1959}, []int{6711})},
			{Name: "step log", Calls: "F", Promise: "each record is on the disk when Append returns", Durable: true, Cells: []report.Cell{
				{Counts: []int{1201}}, {Counts: []int{1199}}, {Why: "time was over"}, {Why: "time was over"}}},
		}},
		{Title: "Peers", Text: "What a peer never promised is not held against it: such commits are hatched.", Rows: []report.Row{
			{Name: "google/renameio", Calls: "F R", Promise: "atomic, by its README not durable", Cells: cells(
				[]int{1899, 0, 0, 0, 0, 0, 466}, []int{2001, 0, 0, 0, 0, 0, 363}, []int{1672, 0, 0, 0, 0, 0, 197}, []int{3414, 0, 0, 0, 0, 0, 1721, 0, 0, 29})},
			{Name: "natefinch/atomic", Calls: "F R", Promise: "atomic; silent about durability", Cells: cells(
				[]int{1471, 0, 0, 0, 0, 0, 465}, []int{1504, 0, 0, 0, 0, 0, 432}, []int{1202, 0, 0, 0, 0, 0, 254}, []int{1778, 0, 0, 0, 0, 0, 2143, 0, 0, 18})},
			{Name: "Python .bak pattern", Calls: "R R", Promise: "none", Cells: cells(
				[]int{2536, 428, 1024, 13, 0, 0, 24}, []int{603, 297, 662, 24, 0, 0, 15}, []int{1734, 749, 786}, []int{112, 1082, 2230, 0, 0, 0, 0, 0, 0, 21})},
			{Name: "Python .bak pattern with fsync", Calls: "F R R", Promise: "none", Cells: cells(
				[]int{2369, 225, 0, 0, 0, 0, 293}, []int{2527, 318, 0, 0, 0, 0, 182}, []int{4612, 292, 0, 0, 0, 0, 60}, []int{2696, 547, 0, 0, 0, 0, 1573, 0, 0, 20})},
		}},
		{Title: "Controls", Text: "They must come out bad; otherwise the lab is blind and nothing above counts.", Control: true, Rows: []report.Row{
			{Name: "overwrite in place", Calls: "F", Want: "torn", Durable: true, Cells: cells(
				[]int{458, 0, 0, 0, 214}, []int{440, 0, 0, 0, 198}, []int{366, 0, 0, 0, 109}, []int{1249, 0, 0, 0, 6})},
			{Name: ".bak pattern, no fsync", Calls: "R R", Want: "missing and empty", Durable: true, Cells: cells(
				[]int{97, 553, 1203, 22}, []int{79, 306, 995, 12, 0, 0, 17}, []int{37, 362, 828, 0, 0, 0, 3}, []int{96, 753, 1746, 0, 0, 0, 100, 0, 0, 13})},
			{Name: "F R", Calls: "F R", Want: "lost", Durable: true, Cells: []report.Cell{
				{Counts: []int{1743, 0, 0, 0, 0, 0, 396}}, {Counts: []int{2098}, Blind: true}, {Counts: []int{1241, 0, 0, 0, 0, 0, 229}}, {Counts: []int{2007, 0, 0, 0, 0, 0, 2166, 0, 0, 17}}}},
			{Name: "ours, without barriers", Calls: "F R D", Want: "anything bad", Durable: true, Cells: []report.Cell{
				{Counts: []int{918, 745, 127, 81, 0, 198, 274, 40, 30, 16}}, {Why: "ext4 only"}, {Why: "ext4 only"}, {Why: "ext4 only"}}},
		}},
	},
}

func cells(counts ...[]int) []report.Cell {
	var all []report.Cell
	for _, c := range counts {
		all = append(all, report.Cell{Counts: c})
	}
	return all
}

var benchPage = report.Page{
	Title:   "What a durable save costs",
	Lead:    "All contestants in random order, round by round, on loop-mounted file systems. A ratio is taken within a round.",
	Command: "go run ./lab bench --rounds 7",
	Figures: []report.Figure{
		{Value: "1.04×", Says: "of hand-written Go, 4 KiB on ext4", Tone: report.Fine},
		{Value: "3", Says: "allocations for one replace; by hand 12", Tone: report.Fine},
		{Value: "4", Says: "flushes, the least that F R D can do"},
	},
	Parts: []report.Part{{
		Heading: "Ratios",
		Show: report.Ranges{
			Says:    "Time of hand-written Go (CreateTemp, Sync, Rename, directory Sync) ÷ time. More is faster.",
			Columns: []string{"µs", "flushes", "KiB", "requests", "CPU µs", "allocs"},
			Cases: []report.Case{
				{Name: "One replace, 4 KiB", Panels: []report.Panel{
					{System: "ext4", Lines: lines(1, 1.04, 0.89, 1.37, 1.72, 1.54)},
					{System: "XFS", Lines: lines(1, 1.10, 0.89, 1.34, 1.69, 1.47)},
					{System: "btrfs", Lines: lines(1, 1.02, 0.95, 1.12, 1.20, 0)},
				}},
				{Name: "1,000 files", Text: "A batch makes one flush for all.", Panels: []report.Panel{
					{System: "ext4", Lines: lines(1, 19.2, 0.95, 1.7, 1.71, 1.6)},
					{System: "XFS", Lines: lines(1, 11.3, 0.97, 1.5, 1.56, 1.5)},
				}},
			},
		},
		Notes: []string{"Absolute times are of this machine and this day."},
	}},
	Facts: facts,
}

func lines(medians ...float64) []report.Line {
	all := []report.Line{
		{Name: "by hand", Calls: "F R D", Durable: true, Baseline: true, Values: []string{"1,412", "4", "64", "9.1", "80", "12"}},
		{Name: "wholly", Calls: "F R D", Durable: true, Ours: true, Values: []string{"1,357", "4", "64", "9.0", "71", "3"}},
		{Name: "renameio + D", Calls: "F R D", Durable: true, Values: []string{"1,590", "4", "66", "9.3", "120", "36"}},
		{Name: "google/renameio", Calls: "F R", Values: []string{"1,031", "2", "34", "5.2", "101", "36"}},
		{Name: "natefinch/atomic", Calls: "F R", Values: []string{"821", "2", "32", "4.9", "74", "16"}},
		{Name: "moby/sys/atomicwriter", Calls: "F R", Values: []string{"917", "2", "32", "5.0", "82", "20"}},
	}
	for i, m := range medians {
		switch {
		case m == 0:
			all[i].Values, all[i].Why = nil, "it failed: operation not supported"
		case all[i].Baseline:
			all[i].Ratio = report.Range{Median: 1, Min: 1, Max: 1}
		default:
			all[i].Ratio = report.Range{Median: m, Min: m * 0.88, Max: m * (1.05 + 0.03*float64(i))}
		}
	}
	return all
}

var conformPage = report.Page{
	Title:   "What writers keep",
	Lead:    "Each writer was put through the same cases. What was decided here is not a law: a writer may differ on purpose.",
	Command: "go run ./lab conform",
	Parts: []report.Part{{Heading: "Case by case", Show: report.Grid{
		Writers: []report.Writer{{Name: "wholly"}, {Name: "os.WriteFile", Note: "go1.26.8"}, {Name: "google/renameio", Note: "v2.0.2"},
			{Name: "natefinch/atomic", Note: "v1.0.1"}, {Name: "moby/sys/atomicwriter", Note: "v0.1.0"}, {Name: "write-file-atomic", Note: "7.0.1"}},
		Topics: []report.Topic{
			{Title: "N: a new file", Cases: []report.Check{
				{ID: "N1", Title: "perm and umask 022", Want: "0644 of 0666", Answers: answers("=0644", "=0644", "=0644", "≠0600", "=0644", "=0644")},
				{ID: "N2", Title: "the parent is missing", Want: "an error, nothing made", Answers: answers("=ENOENT", "=ENOENT", "=ENOENT", "=ENOENT", "≠it makes `sub/` and leaves it behind when the write fails", "=ENOENT")},
				{ID: "N9", Title: "user_data_dir | pipe", Want: "a <file> & \"quotes\"", Answers: answers("=kept", "=kept", "○needs root", "○needs root", "!no space left on device", "–")},
			}},
			{Title: "K: what of an existing file is kept", Cases: []report.Check{
				{ID: "K1", Title: "mode", Want: "0640 stays", Answers: answers("=0640", "=0640", "=0640", "=0640", "≠0644", "=0640")},
				{ID: "K3", Title: "extended attributes", Want: "kept", Answers: answers("=kept", "=kept", "≠gone", "≠gone", "≠gone", "≠gone")},
				{ID: "K4", Title: "hard links", Want: "the other name keeps the old content", Answers: answers("=old", "≠both are new", "=old", "=old", "=old", "=old")},
			}},
			{Title: "F: failures", Cases: []report.Check{
				{ID: "F2", Title: "the disk is full", Want: "the old file, no litter", Answers: answers("=old", "≠torn", "=old", "=old", "=old")},
			}},
		},
	}}},
	Facts: facts,
}

func answers(short ...string) []report.Answer {
	verdicts := map[rune]report.Verdict{'=': report.AsDecided, '≠': report.Differs, '○': report.Skipped, '–': report.NotApplicable, '!': report.Broken}
	var all []report.Answer
	for _, s := range short {
		sign := []rune(s)[0]
		all = append(all, report.Answer{Verdict: verdicts[sign], Text: s[len(string(sign)):]})
	}
	return all
}
