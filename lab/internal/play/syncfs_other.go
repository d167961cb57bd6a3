//go:build !linux

package play

import (
	"errors"
	"fmt"
)

// syncfs is Linux's alone, as the rest of the lab is.
func syncfs(dir string) error { return fmt.Errorf("syncfs %s: %w", dir, errors.ErrUnsupported) }
