package wholly

import "golang.org/x/sys/windows"

// errCrossDevice: a rename would have left the volume.
const errCrossDevice = windows.ERROR_NOT_SAME_DEVICE
