//go:build !unix

package wholly

import "testing"

func makeFIFO(t *testing.T, path string) { t.Helper(); t.Skip("no FIFOs here: " + path) }
