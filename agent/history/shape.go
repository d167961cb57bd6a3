package history

import (
	"math"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// shape tells whether a value has the JSON type that the format wants. A member
// that is null counts as missing and reaches no shape.
type shape func(c *checker, n *lossless.Node, at *path) error

// field is a known member. What is not listed may be anything.
type field struct {
	key string
	is  shape
}

// The members that each object of the format is known to have.
var (
	rootFields = []field{{"history", nil}, {"usage", anything}}
	stepFields = []field{
		{"model_output", nil}, {"result", listOf(object(resultFields))}, {"state", object(stateFields)},
		{"metadata", object(metadataFields)}, {"state_message", text},
	}
	outputFields = []field{
		{"evaluation_previous_goal", text}, {"memory", text}, {"next_goal", text},
		{"action", listOf(object(nil))}, {"thinking", text}, {"current_plan_item", integer},
		{"plan_update", listOf(text)},
	}
	resultFields = []field{
		{"is_done", boolean}, {"success", boolean}, {"judgement", object(judgementFields)}, {"error", text},
		{"attachments", listOf(text)}, {"images", listOf(object(nil))}, {"long_term_memory", text},
		{"extracted_content", text}, {"include_extracted_content_only_once", boolean},
		{"metadata", object(nil)}, {"include_in_memory", boolean},
	}
	judgementFields = []field{
		{"reasoning", text}, {"verdict", boolean}, {"failure_reason", text},
		{"impossible_task", boolean}, {"reached_captcha", boolean},
	}
	stateFields = []field{
		{"tabs", listOf(object(tabFields))}, {"screenshot_path", text},
		{"interacted_element", listOf(orNull(object(elementFields)))}, {"url", text}, {"title", text},
	}
	tabFields = []field{
		{"url", text}, {"title", text}, {"target_id", text}, {"parent_target_id", text},
		{"tab_id", text}, {"parent_tab_id", text},
	}
	elementFields = []field{
		{"node_id", integer}, {"backend_node_id", integer}, {"frame_id", text}, {"node_type", integer},
		{"node_value", text}, {"node_name", text}, {"attributes", mapOf(orNull(text))}, {"x_path", text},
		{"element_hash", integer}, {"stable_hash", integer}, {"bounds", object(boundsFields)}, {"ax_name", text},
	}
	boundsFields   = []field{{"x", decimal}, {"y", decimal}, {"width", decimal}, {"height", decimal}}
	metadataFields = []field{
		{"step_start_time", decimal}, {"step_end_time", decimal}, {"step_number", integer}, {"step_interval", decimal},
	}
)

func anything(*checker, *lossless.Node, *path) error { return nil }

func text(c *checker, n *lossless.Node, at *path) error {
	if n.Kind() != lossless.String {
		return c.wrong(n, at, "a string")
	}
	return nil
}

// The next three take what pydantic takes in its lax mode.

func boolean(c *checker, n *lossless.Node, at *path) error {
	if _, ok := laxBool(n); !ok {
		return c.wrong(n, at, "a boolean")
	}
	return nil
}

func integer(c *checker, n *lossless.Node, at *path) error {
	if f, ok := laxFloat(n); !ok || f != math.Trunc(f) || math.IsInf(f, 0) {
		return c.wrong(n, at, "a whole number")
	}
	return nil
}

func decimal(c *checker, n *lossless.Node, at *path) error {
	if _, ok := laxFloat(n); !ok {
		return c.wrong(n, at, "a number")
	}
	return nil
}

func object(fields []field) shape {
	return func(c *checker, n *lossless.Node, at *path) error {
		if n.Kind() != lossless.Object {
			return c.wrong(n, at, "an object")
		}
		return c.members(n, at, fields)
	}
}

// members checks those members of n that are known.
func (c *checker) members(n *lossless.Node, at *path, fields []field) error {
	here := at.member("") // one for all: nobody keeps it
	for key, v := range n.Members() {
		is := shapeOf(fields, key)
		if is == nil || v.Kind() == lossless.Null {
			continue
		}
		here.key = key
		if err := is(c, v, here); err != nil {
			return err
		}
	}
	return nil
}

func shapeOf(fields []field, key string) shape {
	for _, f := range fields {
		if f.key == key {
			return f.is
		}
	}
	return nil
}

func orNull(is shape) shape {
	return func(c *checker, n *lossless.Node, at *path) error {
		if n.Kind() == lossless.Null {
			return nil
		}
		return is(c, n, at)
	}
}

func listOf(is shape) shape {
	return func(c *checker, n *lossless.Node, at *path) error {
		if n.Kind() != lossless.Array {
			return c.wrong(n, at, "an array")
		}
		here := at.item(0)
		for i, v := range n.Items() {
			here.i = i
			if err := is(c, v, here); err != nil {
				return err
			}
		}
		return nil
	}
}

func mapOf(is shape) shape {
	return func(c *checker, n *lossless.Node, at *path) error {
		if n.Kind() != lossless.Object {
			return c.wrong(n, at, "an object")
		}
		here := at.member("")
		for key, v := range n.Members() {
			here.key = key
			if err := is(c, v, here); err != nil {
				return err
			}
		}
		return nil
	}
}

// laxText is the text of a number, or of a string or boolean that pydantic
// reads as one.
func laxText(n *lossless.Node) (string, bool) {
	if number, ok := n.Number(); ok {
		return number.String(), true
	}
	if s, ok := n.Str(); ok {
		return strings.TrimSpace(s), true
	}
	b, ok := n.Bool()
	if b {
		return "1", ok
	}
	return "0", ok
}

func laxFloat(n *lossless.Node) (float64, bool) {
	s, ok := laxText(n)
	if !ok || strings.ContainsAny(s, "xXpP") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

// laxUint reads all 64 bits of a hash; ok is false for what does not fit.
func laxUint(n *lossless.Node) (uint64, bool) {
	s, ok := laxText(n)
	if !ok {
		return 0, false
	}
	if whole, zeros, found := strings.Cut(s, "."); found && strings.Trim(zeros, "0") == "" {
		s = whole
	}
	if u, err := strconv.ParseUint(s, 10, 64); err == nil {
		return u, true
	}
	f, ok := laxFloat(n)
	if !ok || f < 0 || f >= 1<<53 || f != math.Trunc(f) {
		return 0, false
	}
	return uint64(f), true
}

func laxInt(n *lossless.Node) (int, bool) {
	if s, ok := laxText(n); ok {
		if i, err := strconv.Atoi(s); err == nil {
			return i, true
		}
	}
	f, ok := laxFloat(n)
	if !ok || f >= 1<<53 || f <= -1<<53 || f != math.Trunc(f) {
		return 0, false
	}
	return int(f), true
}

func laxBool(n *lossless.Node) (b, ok bool) {
	if b, ok := n.Bool(); ok {
		return b, true
	}
	s, _ := laxText(n)
	switch strings.ToLower(s) {
	case "1", "true", "t", "yes", "y", "on", "1.0":
		return true, true
	case "0", "false", "f", "no", "n", "off", "0.0":
		return false, n.Kind() == lossless.Number || n.Kind() == lossless.String
	}
	return false, false
}
