package report_test

import (
	"fmt"

	"github.com/wholly-go/wholly/lab/internal/report"
)

func ExamplePage_Markdown() {
	page := report.Page{
		Title:   "What a power cut leaves",
		Command: "go run ./lab cut",
		Figures: []report.Figure{{Value: "0", Says: "bad of 2,498 disks, ours", Tone: report.Fine}},
		Parts: []report.Part{{Heading: "Who was asked", Show: report.Table{
			Head: []string{"peer", "calls", "disks"},
			Rows: [][]string{{"a/b|c", "`F R`", "1,024"}},
		}}},
	}
	fmt.Printf("%s", page.Markdown())
	// Output:
	// # What a power cut leaves
	//
	//     $ go run ./lab cut
	//
	// - **0** bad of 2,498 disks, ours
	//
	// ## Who was asked
	//
	// | peer | calls | disks |
	// |---|---|---:|
	// | a/b\|c | `F R` | 1,024 |
}

// Of a strategy that does not claim durability, a lost commit is told apart.
func ExampleOutcomes_Brief() {
	o := report.Outcomes{
		Kinds:   []report.Kind{{Name: "good"}, {Name: "torn", Class: report.Damaged}, {Name: "lost", Class: report.Lost}},
		Systems: []string{"ext4", "XFS"},
	}
	brief := o.Brief(report.Group{Rows: []report.Row{
		{Name: "ours", Calls: "F R D", Durable: true, Cells: []report.Cell{{Counts: []int{2498, 0, 0}}, {Why: "no mkfs.xfs"}}},
		{Name: "peer", Calls: "F R", Cells: []report.Cell{{Counts: []int{1899, 0, 466}}, {Counts: []int{1672, 0, 197}}}},
	}})
	for _, row := range brief.Rows {
		fmt.Println(row[0], row[3:])
	}
	// Output:
	// ours [**0** bad of 2,498 not run: no mkfs.xfs]
	// peer [**0** bad of 2,365; 466 lost, not promised **0** bad of 1,869; 197 lost, not promised]
}

func ExampleTable_Text() {
	fmt.Print(report.Table{
		Head: []string{"strategy", "disks", "ext4"},
		Rows: [][]string{{"**ours**", "24,980", "`F R D`"}, {"peer", "7"}},
	}.Text(false))
	// Output:
	// strategy   disks  ext4
	// ours      24,980  F R D
	// peer           7
}
