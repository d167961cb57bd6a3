// Package report turns one description of a page into a Markdown file and one
// HTML file that says the same and shows it. The HTML needs no network and no
// script; it follows the reader's light or dark, narrow or wide, and prints.
//
//	page := report.Page{
//		Title:   "What a power cut leaves",
//		Lead:    "Every disk that a cut could have left was mounted and read.",
//		Command: "go run ./lab cut --seed 7",
//		Figures: []report.Figure{{Value: "0", Says: "bad disks of 84,120, ours", Tone: report.Fine}},
//		Parts: []report.Part{
//			{Heading: "Outcomes", Show: report.Outcomes{
//				Kinds:   []report.Kind{{Name: "good"}, {Name: "torn", Class: report.Damaged}, {Name: "lost", Class: report.Lost}},
//				Systems: []string{"ext4", "xfs"},
//				Groups: []report.Group{{Title: "Ours", Rows: []report.Row{{
//					Name: "replace", Calls: "F R D", Promise: "on the disk when it returns", Durable: true,
//					Cells: []report.Cell{{Counts: []int{2498, 0, 0}}, {Why: "mkfs.xfs is not here"}},
//				}}}},
//			}},
//			{Heading: "Ratios", Show: report.Ranges{
//				Says:    "time of hand-written Go ÷ time; more is faster",
//				Columns: []string{"µs", "flushes", "KiB", "requests", "CPU µs", "allocs"},
//				Cases: []report.Case{{Name: "4 KiB", Panels: []report.Panel{{System: "ext4", Lines: []report.Line{
//					{Name: "by hand", Calls: "F R D", Durable: true, Baseline: true, Ratio: report.Range{Median: 1, Min: 1, Max: 1},
//						Values: []string{"1,412", "4", "64", "9", "80", "12"}},
//				}}}}},
//			}},
//			{Heading: "Conformance", Show: report.Grid{
//				Writers: []report.Writer{{Name: "wholly"}, {Name: "os", Note: "go1.26"}},
//				Topics: []report.Topic{{Title: "a new file", Cases: []report.Check{{
//					ID: "N1", Title: "mode", Want: "as umask says",
//					Answers: []report.Answer{{Text: "0644"}, {Verdict: report.Differs, Text: "0600"}},
//				}}}},
//			}},
//			{Heading: "Peers", Show: report.Table{Head: []string{"peer", "version"}, Rows: [][]string{{"renameio", "v2.0.2"}}}},
//		},
//		Facts: report.Machine(ctx),
//	}
//	err := report.Write(ctx, "docs/reports", "cut", page) // cut.md and cut.html
//
// All strings are plain text, whatever is in them, but for three things that
// are shown as such in both files: `code` between backticks, **strong** between
// stars, and an address that begins with https://. A line break is a space.
package report
