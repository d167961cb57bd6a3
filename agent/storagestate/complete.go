package storagestate

import "github.com/wholly-go/wholly/agent/internal/lossless"

// Complete reports whether the document has a list of cookies or of origins, or
// is one: what a crash left is taken for a state only then.
func (s *State) Complete() bool {
	return s.root.Kind() == lossless.Array ||
		s.root.Get("cookies").Kind() == lossless.Array || s.root.Get("origins").Kind() == lossless.Array
}
