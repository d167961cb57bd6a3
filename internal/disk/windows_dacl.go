//go:build windows

package disk

import (
	"errors"
	"runtime"

	"golang.org/x/sys/windows"
)

// A file that takes another's name has its own access list (DACL), which it
// inherited from the directory. So the list is shown as an attribute, to be
// carried over like an ACL elsewhere. Owner, group and audit list are not: to
// set them takes privileges.

// dacl is the name of the attribute; its value is in the text form, SDDL.
const dacl = DACL

func (d *rootDir) Attrs(name string) ([]Attr, error) {
	h, err := d.at(name, windows.READ_CONTROL, windows.FILE_OPEN, windows.FILE_OPEN_REPARSE_POINT, 0)
	if err != nil {
		return nil, plain(err)
	}
	defer windows.CloseHandle(h)
	return daclOf(h)
}

func (f *rootFile) Attrs() ([]Attr, error) {
	defer runtime.KeepAlive(f.f)
	return daclOf(windows.Handle(f.f.Fd()))
}

// daclOf returns no attribute where the file system has no access lists.
func daclOf(h windows.Handle) ([]Attr, error) {
	sd, err := windows.GetSecurityInfo(h, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	switch {
	case errors.Is(err, ErrUnsupported), err == windows.ERROR_INVALID_FUNCTION:
		return nil, nil
	case err != nil:
		return nil, err
	}
	list, _, err := sd.DACL()
	if err == windows.ERROR_OBJECT_NOT_FOUND || err == nil && list == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []Attr{{dacl, []byte(sd.String())}}, nil
}

// SetAttr sets the access list. Entries that it inherited before, it inherits
// again from the directory it is in.
func (f *rootFile) SetAttr(name string, value []byte) error {
	if name != dacl {
		return ErrUnsupported
	}
	sd, err := windows.SecurityDescriptorFromString(string(value))
	if err != nil {
		return err
	}
	control, _, err := sd.Control()
	if err != nil {
		return err
	}
	list, _, err := sd.DACL()
	if err != nil {
		return err
	}
	what := windows.SECURITY_INFORMATION(windows.DACL_SECURITY_INFORMATION | windows.UNPROTECTED_DACL_SECURITY_INFORMATION)
	if control&windows.SE_DACL_PROTECTED != 0 {
		what = windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION
	}
	// Opened once more: reading and writing take no right to change the list.
	defer runtime.KeepAlive(f.f)
	h, err := ntOpen(windows.Handle(f.f.Fd()), "", windows.READ_CONTROL|windows.WRITE_DAC|windows.FILE_READ_ATTRIBUTES,
		windows.FILE_OPEN, 0, 0)
	if err != nil {
		return plain(err)
	}
	defer windows.CloseHandle(h)
	return windows.SetSecurityInfo(h, windows.SE_FILE_OBJECT, what, nil, nil, list, nil)
}

func (f *rootFile) RemoveAttr(string) error { return ErrUnsupported }
