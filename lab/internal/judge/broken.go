package judge

// Broken is the sight of a disk whose files cannot be looked at: o is what is
// wrong with it at every moment, err why.
func Broken(o Outcome, err error) Sight {
	var s Sight
	s.trouble.add(o, "%v: %v", o, err)
	return s
}
