package lossless

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// A large object finds what it holds whatever was done to it, and what a copy
// does is not seen by the other.
func TestLargeObjectsFindTheirMembers(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 0))
	n, want := NewObject(), map[string]int64{}
	for i := range 20000 {
		key := fmt.Sprint(rnd.IntN(300))
		v := int64(i)
		switch rnd.IntN(12) {
		case 0:
			if _, ok := want[key]; n.Delete(key) != ok {
				t.Fatalf("seed %d: Delete of %s", seed, key)
			}
			delete(want, key)
		case 1:
			n.InsertAfter(fmt.Sprint(rnd.IntN(300)), key, NewInt(v))
			want[key] = v
		case 2:
			n.Clone().Set("of the clone", NewNull())
			n.Shallow().Set("of the copy", NewNull())
			n.Peek().Get(key)
		case 3:
			if rnd.IntN(20) == 0 {
				n, want = renamed(n, want)
			}
		default:
			n.Set(key, NewInt(v))
			want[key] = v
		}
		for range 3 {
			key := fmt.Sprint(rnd.IntN(300))
			got, ok := n.Get(key).Number()
			if v, there := want[key]; ok != there || ok && got.String() != fmt.Sprint(v) {
				t.Fatalf("seed %d, step %d: %s is %q, want %d %v", seed, i, key, got, v, there)
			}
		}
		if n.Get("of the clone") != nil || n.Get("of the copy") != nil || n.Len() != len(want) {
			t.Fatalf("seed %d, step %d: %d members, want %d", seed, i, n.Len(), len(want))
		}
	}
}

// renamed turns keys k below 150 to k+150 and the other way round.
func renamed(n *Node, want map[string]int64) (*Node, map[string]int64) {
	turn := func(key string) string {
		var k int
		fmt.Sscan(key, &k)
		return fmt.Sprint((k + 150) % 300)
	}
	turned := make(map[string]int64, len(want))
	for key, v := range want {
		turned[turn(key)] = v
	}
	n.Rewrite(func(key string, v *Node) (string, *Node) { return turn(key), v })
	return n, turned
}

func TestDeleteFunc(t *testing.T) {
	n := parse(t, `{"a": 1, "b": "x", "c": 2}`)
	seen := ""
	got := n.DeleteFunc(func(key string, v *Node) bool { seen += key; return v.Kind() == Number })
	if out := string(n.Bytes(OneLine)); got != 2 || out != `{"b": "x"}` || seen != "abc" {
		t.Errorf("%d deleted, left %s, saw %s", got, out, seen)
	}
	if parse(t, `[1]`).DeleteFunc(func(string, *Node) bool { return true }) != 0 {
		t.Error("an array has members")
	}
}

// BenchmarkSetMany puts members into an object that grows; the time a member
// must not grow with it.
func BenchmarkSetMany(b *testing.B) {
	for _, count := range []int{1000, 100000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := NewObject()
				for i := range count {
					n.Set(fmt.Sprint(i), nil)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(count), "ns/member")
		})
	}
}
