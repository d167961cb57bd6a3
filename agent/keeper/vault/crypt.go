package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/wholly-go/wholly"
	"github.com/wholly-go/wholly/agent/storagestate"
)

const (
	ageFamily = "age-encryption.org/v"
	ageIntro  = ageFamily + "1\n"
	leastTail = 16 + 16 // bytes behind the header: the nonce, and the tag of an empty text
)

// usable refuses what would make every save wait for a second.
func usable(recipients []age.Recipient) error {
	for _, r := range recipients {
		if _, slow := r.(*age.ScryptRecipient); slow {
			return errors.New("a state file cannot be encrypted with a passphrase: each save would cost a second; use a key pair")
		}
	}
	return nil
}

// Encrypted reports whether data, or the beginning of it, is that of a file
// encrypted by age, of whatever version, in text or not.
func Encrypted(data []byte) bool {
	return bytes.HasPrefix(data, []byte(ageFamily)) || bytes.HasPrefix(data, []byte(armor.Header))
}

// encode is the content for s.
func (f *File) encode(s *storagestate.State) ([]byte, error) {
	var plain bytes.Buffer
	if err := storagestate.Encode(&plain, s); err != nil {
		return nil, err
	}
	if !json.Valid(plain.Bytes()) {
		return nil, errors.New("encode: the result is no JSON")
	}
	if len(f.options.Recipients) == 0 {
		return plain.Bytes(), nil
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, f.options.Recipients...)
	if err == nil {
		_, err = w.Write(plain.Bytes())
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	return out.Bytes(), nil
}

// decode is the state in data. Whether it may be used is told by usableState.
func (f *File) decode(data []byte) (*storagestate.State, error) {
	codec := storagestate.Codec{Dialect: f.options.Dialect}
	if Encrypted(data) {
		plain, err := f.decrypt(data)
		if err != nil {
			return nil, err
		}
		data = plain
	}
	if len(data) == 0 {
		return nil, errors.New("it is empty")
	}
	return codec.Decode(data)
}

func (f *File) decrypt(data []byte) ([]byte, error) {
	var r io.Reader = bytes.NewReader(data)
	if !bytes.HasPrefix(data, []byte(ageFamily)) {
		r = armor.NewReader(r)
	} else if !bytes.HasPrefix(data, []byte(ageIntro)) {
		return nil, fmt.Errorf("it %w of age", ErrNewer)
	}
	if len(f.options.Identities) == 0 {
		return nil, noIdentity(r)
	}
	plain, err := age.Decrypt(r, f.options.Identities...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, fmt.Errorf("it %w", ErrWrongIdentity)
	}
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	out, err := io.ReadAll(plain)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	return out, nil
}

// noIdentity is ErrNoIdentity, unless it can be seen without one that the file
// is cut off.
func noIdentity(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	header, err := age.ExtractHeader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("decrypt: %w", err)
	}
	if len(data) < len(header)+leastTail {
		return fmt.Errorf("decrypt: %w", io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("it %w", ErrNoIdentity)
}

// check is that of the policy: what fails it is damaged, and may be replaced by
// an earlier version. What only cannot be read by us is not. What is known, or
// was just made, byte for byte, need not be read again.
func (f *File) check(r io.Reader) error {
	data, err := whole(r)
	if err != nil {
		return err
	}
	if v := wholly.VersionOf(data); v == f.last.version || v == f.draft {
		return nil
	}
	return f.judge(data)
}

// readable is check without a memory.
func (f *File) readable(r io.Reader) error {
	data, err := whole(r)
	if err != nil {
		return err
	}
	return f.judge(data)
}

func (f *File) judge(data []byte) error {
	_, err := f.decode(data)
	if closed(err) {
		return nil
	}
	return err
}

// whole is what is left of r, without a copy where it is in memory.
func whole(r io.Reader) ([]byte, error) {
	if m, ok := r.(interface{ Bytes() []byte }); ok {
		return m.Bytes(), nil
	}
	return io.ReadAll(r)
}

// closed reports whether err says that a content is for others to read.
func closed(err error) bool {
	return errors.Is(err, ErrNoIdentity) || errors.Is(err, ErrWrongIdentity) || errors.Is(err, ErrNewer)
}
