package pattern

// MinSteps is how many steps a run needs before workflows are induced from it.
const MinSteps = 3

// SaveAllowed reports whether the session patterns of a run are to be merged,
// and if not, why. success is the run's own verdict, nil if it gave none.
func SaveAllowed(done bool, success *bool, force bool) (ok bool, why string) {
	switch {
	case force:
		return true, ""
	case !done:
		return false, "the run is not done"
	case success == nil:
		return false, "the run does not say that it succeeded"
	case !*success:
		return false, "the run did not succeed"
	}
	return true, ""
}

// InduceAllowed reports whether workflows are to be induced from a run of so
// many steps, and if not, why.
func InduceAllowed(done bool, success *bool, steps int, force bool) (ok bool, why string) {
	if ok, why := SaveAllowed(done, success, force); !ok {
		return false, why
	}
	if steps < MinSteps && !force {
		return false, "the run has fewer than three steps"
	}
	return true, ""
}
