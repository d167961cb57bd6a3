package compare

import "github.com/wholly-go/wholly/conform"

// Answers is one writer in the JSON of a run. It only grows.
type Answers struct {
	Writer        string `json:"writer"`
	Version       string `json:"version"`
	Language      string `json:"language"`
	Calls         string `json:"calls"`
	Promise       string `json:"promise"`
	Durable       bool   `json:"durable"` // it promises to survive a power cut
	Missing       string `json:"missing,omitempty"`
	AsDecided     int    `json:"as_decided"`
	Differs       int    `json:"differs"`
	Skipped       int    `json:"skipped"`
	NotApplicable int    `json:"not_applicable"`
	Broken        int    `json:"broken"`
	Cases         []Case `json:"cases"`
}

// Case is how one case ended; Outcome is in the words of [conform.Outcome].
type Case struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Decided  string `json:"decided"`
	Observed string `json:"observed"`
	Outcome  string `json:"outcome"`
}

// Answers returns the row for JSON.
func (r Row) Answers() Answers {
	a := Answers{
		Writer: r.Name, Version: r.Version, Language: r.Language, Calls: r.Calls, Promise: r.Promise, Durable: r.Durable, Missing: r.Missing,
		AsDecided: r.Count(conform.AsDecided), Differs: r.Count(conform.Differs), Skipped: r.Count(conform.Skipped),
		NotApplicable: r.Count(conform.NotApplicable), Broken: r.Count(conform.Broken), Cases: []Case{},
	}
	for _, res := range r.Report.Results {
		a.Cases = append(a.Cases, Case{res.ID, res.Title, res.Expected, res.Observed, res.Outcome.String()})
	}
	return a
}
