package main

import (
	"errors"
	"testing"

	"github.com/wholly-go/wholly/conform"
	"github.com/wholly-go/wholly/lab/internal/compare"
)

func TestConformAnswersNoForOursAlone(t *testing.T) {
	row := func(missing string, outcomes ...conform.Outcome) compare.Row {
		r := compare.Row{Missing: missing}
		for _, o := range outcomes {
			r.Report.Results = append(r.Report.Results, conform.Result{ID: "N1", Outcome: o})
		}
		return r
	}
	fine := row("", conform.AsDecided, conform.NotApplicable)
	for _, c := range []struct {
		name     string
		rows     []compare.Row
		no       bool
		fails    bool
		required bool // fails where the lab is required
	}{
		{name: "all fine", rows: []compare.Row{fine, fine}},
		{name: "a peer differs", rows: []compare.Row{fine, row("", conform.Differs)}},
		{name: "a peer is missing", rows: []compare.Row{fine, row("no node")}, required: true},
		{name: "a peer's case is broken", rows: []compare.Row{fine, row("", conform.Broken)}, required: true},
		{name: "ours was skipped", rows: []compare.Row{row("", conform.Skipped)}, required: true},
		{name: "ours is broken", rows: []compare.Row{row("", conform.Broken)}, fails: true, required: true},
		{name: "ours differs", rows: []compare.Row{row("", conform.Broken, conform.Differs), fine}, no: true, fails: true, required: true},
	} {
		t.Setenv("WHOLLY_REQUIRE", "")
		t.Setenv("LAB", "")
		if err := answer(c.rows); (err != nil) != c.fails || errors.Is(err, errNo) != c.no {
			t.Errorf("%s: %v", c.name, err)
		}
		t.Setenv("LAB", "require")
		if err := answer(c.rows); (err != nil) != c.required || errors.Is(err, errNo) != c.no {
			t.Errorf("%s, required: %v", c.name, err)
		}
	}
}

func TestConformIsNotUnderstood(t *testing.T) {
	for _, args := range [][]string{{"--peer", "nobody"}, {"--jobs", "0"}, {"--nothing"}} {
		if code := run(append([]string{"conform"}, args...)); code != exitUsage {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
}
