package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/wholly-go/wholly"
)

// Codec turns the content of a file into a document and back. It may be used by
// many goroutines at a time.
type Codec[T any] interface {
	// New returns the document of a file that does not exist.
	New() T
	// Decode returns the document in data, or an error that says where in it
	// what is wrong. It may keep data, which is shared by all values decoded
	// from it: neither the codec nor those who change a value may write into
	// data.
	Decode(data []byte) (T, error)
	// Encode writes the content for v: the same for the same v, and one that
	// Decode takes.
	Encode(w io.Writer, v T) error
}

// JSON is the codec of encoding/json, with an indent of two spaces, without
// escapes for HTML, and with a newline at the end. It refuses what
// [wholly.JSON] refuses, and says at which line and column. A number that goes
// into an interface is a json.Number, so that no digit is lost; an object's
// unknown keys are dropped, as encoding/json does. New is the zero value; an
// empty map where T is a map, a new value where T is a pointer.
func JSON[T any]() Codec[T] { return jsonCodec[T]{} }

type jsonCodec[T any] struct{}

func (jsonCodec[T]) New() (v T) {
	switch r := reflect.ValueOf(&v).Elem(); r.Kind() {
	case reflect.Map:
		r.Set(reflect.MakeMap(r.Type()))
	case reflect.Pointer:
		r.Set(reflect.New(r.Type().Elem()))
	}
	return v
}

func (jsonCodec[T]) Decode(data []byte) (v T, err error) {
	if err := wholly.JSON(bytes.NewReader(data)); err != nil {
		return v, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		var none T
		return none, located(data, err)
	}
	return v, nil
}

// located adds line and column, both from 1, where err knows its place.
func located(data []byte, err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) || wrong.Offset > int64(len(data)) {
		return err
	}
	before := data[:wrong.Offset]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Errorf("line %d, column %d: %w", line, len(before)-bytes.LastIndexByte(before, '\n')-1, err)
}

func (jsonCodec[T]) Encode(w io.Writer, v T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
