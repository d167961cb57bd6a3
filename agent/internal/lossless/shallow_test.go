package lossless

import "testing"

func TestShallowSharesThePartsOnly(t *testing.T) {
	const text = `{"a": {"b": [1]}, "c": 2}`
	n := parse(t, text)
	s := n.Shallow()
	if s.Get("a") != n.Get("a") {
		t.Error("the parts are copies")
	}
	s.Set("c", NewInt(3))
	s.Delete("a")
	s.Set("x", NewNull())
	if got := string(n.Bytes(OneLine)); got != text {
		t.Errorf("a change of the copy shows: %s", got)
	}
	if got := string(s.Bytes(OneLine)); got != `{"c": 3, "x": null}` {
		t.Error(got)
	}
	list := n.Get("a").Get("b")
	list.Shallow().Items()[0] = NewInt(5)
	if got := string(n.Bytes(OneLine)); got != text {
		t.Errorf("a change of the copied array shows: %s", got)
	}
	if (*Node)(nil).Shallow() != nil {
		t.Error("a copy of nothing")
	}
}

func TestInsertAfter(t *testing.T) {
	n := parse(t, `{"a": 1, "b": 2}`)
	n.InsertAfter("a", "x", NewInt(3))
	n.InsertAfter("none", "y", NewInt(4))
	n.InsertAfter("a", "b", NewInt(5))
	if got := string(n.Bytes(OneLine)); got != `{"a": 1, "x": 3, "b": 5, "y": 4}` {
		t.Error(got)
	}
}

func TestObjectOf(t *testing.T) {
	const text = `{"a": 1, "\ud83d": {"b": []}}`
	if got := string(ObjectOf(parse(t, text).Members()).Bytes(OneLine)); got != text {
		t.Error(got)
	}
}
