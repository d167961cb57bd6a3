package wholly_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/wholly-go/wholly"
)

// place returns a directory for an example, and what removes it.
func place() (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "wholly")
	if err != nil {
		panic(err)
	}
	return dir, func() { os.RemoveAll(dir) }
}

func ExampleWriteFile() {
	dir, remove := place()
	defer remove()
	path := filepath.Join(dir, "state.json")

	if err := wholly.WriteFile(path, []byte(`{"n":1}`), 0o600); err != nil {
		fmt.Println(err)
	}
	data, _ := os.ReadFile(path)
	fmt.Println(string(data))
	// Output: {"n":1}
}

func ExamplePolicy_ReadFile() {
	dir, remove := place()
	defer remove()
	path := filepath.Join(dir, "state.json")

	state := wholly.Policy{Keep: 2, Check: wholly.JSON}
	for _, s := range []string{`{"n":1}`, `{"n":2}`} {
		if err := state.WriteFile(path, []byte(s), 0o600); err != nil {
			fmt.Println(err)
		}
	}
	os.Truncate(path, 3) // somebody else's accident

	data, err := state.ReadFile(path)
	var rec *wholly.Recovered
	if errors.As(err, &rec) {
		fmt.Printf("%s from %s\n", data, rec.From)
	}
	// Output: {"n":1} from state.json.bak
}

func ExamplePolicy_Update() {
	dir, remove := place()
	defer remove()
	path := filepath.Join(dir, "count.json")

	for range 3 {
		err := wholly.Update(context.Background(), path, 0o600, func(old []byte) ([]byte, error) {
			var n int
			if old != nil {
				if err := json.Unmarshal(old, &n); err != nil {
					return nil, err
				}
			}
			return json.Marshal(n + 1)
		})
		if err != nil {
			fmt.Println(err)
		}
	}
	data, _ := wholly.ReadFile(path)
	fmt.Println(string(data))
	// Output: 3
}

func ExampleFile() {
	dir, remove := place()
	defer remove()
	path := filepath.Join(dir, "big.txt")

	save := func(r io.Reader) error {
		f, err := wholly.Create(path, 0o644)
		if err != nil {
			return err
		}
		defer f.Close() // abandons, unless committed
		if _, err := io.Copy(f, r); err != nil {
			return err
		}
		return f.Commit()
	}
	fmt.Println(save(strings.NewReader("all of it")))
	data, _ := os.ReadFile(path)
	fmt.Println(string(data))
	// Output:
	// <nil>
	// all of it
}

func ExampleIfVersion() {
	dir, remove := place()
	defer remove()
	path := filepath.Join(dir, "page")
	wholly.WriteFile(path, []byte("first"), 0o600)

	seen := wholly.VersionOf([]byte("first"))
	mine := wholly.Policy{If: wholly.IfVersion(seen)}
	fmt.Println(mine.WriteFile(path, []byte("second"), 0o600))
	err := mine.WriteFile(path, []byte("third"), 0o600)
	fmt.Println(errors.Is(err, wholly.ErrChanged))
	// Output:
	// <nil>
	// true
}

func ExamplePolicy_Restore() {
	dir, remove := place()
	defer remove()
	path := filepath.Join(dir, "notes")
	notes := wholly.Policy{Keep: 3}
	for _, s := range []string{"one", "two", "three"} {
		notes.WriteFile(path, []byte(s), 0o600)
	}

	if _, err := notes.Restore(context.Background(), path, 2); err != nil {
		fmt.Println(err)
	}
	for v, err := range notes.Versions(path) {
		r, _ := notes.Open(path, v.Number)
		text, _ := io.ReadAll(r)
		r.Close()
		fmt.Println(v.Number, string(text), err)
	}
	// Output:
	// 0 one <nil>
	// 1 three <nil>
	// 2 two <nil>
	// 3 one <nil>
}
