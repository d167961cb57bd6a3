//go:build !unix

package agent

import "errors"

func makeFIFO(string) error { return errors.ErrUnsupported }
