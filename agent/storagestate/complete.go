package storagestate

import "github.com/wholly-go/wholly/agent/internal/lossless"

// Complete reports whether the document has a list of cookies or of origins, or
// is one: what a crash left is taken for a state only then.
func (s *State) Complete() bool {
	return s.root.Kind() == lossless.Array ||
		s.root.Get("cookies").Kind() == lossless.Array || s.root.Get("origins").Kind() == lossless.Array
}

// Recognized reports whether the document may be taken for a storage state and
// written as one: it is Complete, or has no key that is another program's. Decode
// accepts every object.
func (s *State) Recognized() bool {
	if s.Complete() {
		return true
	}
	for key := range s.root.Members() {
		switch key {
		case "cookies", "origins", "credentials", "keeper":
		default:
			return false
		}
	}
	return true
}
