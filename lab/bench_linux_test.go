package main

import "testing"

func TestBenchSaysWhatItDoesNotUnderstand(t *testing.T) {
	for _, args := range [][]string{
		{"--fs", "ntfs"}, {"--case", "5k"}, {"--rounds", "0"}, {"--quick", "--case", "64m"}, {"--for", "soon"},
	} {
		if got := run(append([]string{"bench"}, args...)); got != exitUsage {
			t.Errorf("lab bench %q ends with %d, want %d", args, got, exitUsage)
		}
	}
}
