package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/store"
)

func Example() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	type Settings struct {
		Theme  string `json:"theme"`
		Visits int    `json:"visits"`
	}
	doc := store.Open(filepath.Join(dir, "app", "settings.json"), store.JSON[Settings]())

	// No Update of any process is lost.
	for range 3 {
		_, err := doc.Update(context.Background(), func(s *Settings) error {
			s.Theme = "dark"
			s.Visits++
			return nil
		})
		if err != nil {
			panic(err)
		}
	}
	s, err := doc.Load()
	fmt.Printf("%+v %v\n", s, err)

	// A program that knows nothing of us tears the file; the newest good
	// version is served, and told.
	os.WriteFile(doc.Path(), []byte(`{"theme": "li`), 0o600)
	s, err = doc.Load()
	var rec *wholly.Recovered
	fmt.Printf("%+v recovered: %v\n", s, errors.As(err, &rec))
	// Output:
	// {Theme:dark Visits:3} <nil>
	// {Theme:dark Visits:2} recovered: true
}

func ExampleDoc_Watch() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "counts.json")
	counts := store.Open(path, store.JSON[map[string]int]())
	for v, err := range counts.Watch(context.Background()) {
		fmt.Println(v, err)
		if v["visits"] == 2 {
			break
		}
		// Some other process, say.
		store.Open(path, store.JSON[map[string]int]()).Update(context.Background(), func(v *map[string]int) error {
			(*v)["visits"]++
			return nil
		})
	}
	// Output:
	// map[] <nil>
	// map[visits:1] <nil>
	// map[visits:2] <nil>
}
