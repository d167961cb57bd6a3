package journal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wholly-go/wholly/journal"
)

func Example() {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()

	j, err := journal.Open(ctx, filepath.Join(dir, "steps.log"), journal.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer j.Close()
	for _, step := range []string{"open the page", "fill in the form"} {
		seq, err := j.Append(ctx, []byte(step)) // on the disk when err is nil
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("kept as", seq)
	}
	for r, err := range j.Records() {
		var damage *journal.Damage
		if errors.As(err, &damage) {
			fmt.Println("lost:", damage.FirstSeq, "to", damage.LastSeq)
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d %s\n", r.Seq, r.Payload)
	}
	// Output:
	// kept as 1
	// kept as 2
	// 1 open the page
	// 2 fill in the form
}
