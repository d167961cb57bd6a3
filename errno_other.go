//go:build !unix && !windows

package wholly

import "errors"

// errCrossDevice: a rename would have left the file system. This system does
// not tell.
var errCrossDevice = errors.New("cross-device rename")
