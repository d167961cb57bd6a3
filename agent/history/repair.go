package history

import "github.com/wholly-go/wholly/agent/internal/lossless"

// document checks root and fills in what its steps lack.
func (c *checker) document(root *lossless.Node) error {
	if root.Kind() != lossless.Object {
		return c.wrong(root, nil, "an object")
	}
	var at *path
	list := root.Get("history")
	switch list.Kind() {
	case lossless.Absent:
		return &SchemaError{c.place(root, nil), "the member history is missing"}
	case lossless.Array:
	default:
		return c.wrong(list, at.member("history"), "an array")
	}
	at = at.member("history")
	items := list.Items()
	for i, n := range items {
		// What the check takes apart is not kept, unless it mended something.
		step := n.Peek()
		c.mended = false
		if err := c.step(step, at.item(i)); err != nil {
			return err
		}
		if c.mended {
			items[i] = step
		}
	}
	return nil
}

// mend gives a member of n, which lacks it, a value.
func (c *checker) mend(n *lossless.Node, key string, v *lossless.Node) {
	n.Set(key, v)
	c.mended = true
}

// step checks and repairs one step. The actions come first: there is an element
// for each of them.
func (c *checker) step(n *lossless.Node, at *path) error {
	if n.Kind() != lossless.Object {
		return c.wrong(n, at, "an object")
	}
	if err := c.output(n, at); err != nil {
		return err
	}
	if missing(n, "result") {
		c.warn(n, at, "result is missing: an empty list stands for it")
		c.mend(n, "result", lossless.NewArray())
	}
	if missing(n, "state") {
		c.warn(n, at, "state is missing: an empty state stands for it")
		c.mend(n, "state", emptyState(actionsOf(n)))
	}
	if err := c.members(n, at, stepFields); err != nil {
		return err
	}
	c.results(n.Get("result"), at.member("result"))
	c.state(n.Get("state"), at.member("state"), actionsOf(n))
	return nil
}

func missing(n *lossless.Node, key string) bool {
	return n.Get(key).Kind() <= lossless.Null
}

func (c *checker) output(step *lossless.Node, at *path) error {
	output := step.Get("model_output")
	in := at.member("model_output")
	switch output.Kind() {
	case lossless.Null:
		return nil
	case lossless.Absent:
		c.warn(step, at, "model_output is missing: null stands for it")
	case lossless.Object:
		if missing(output, "action") {
			c.warn(output, in, "there is no action")
		}
		return c.members(output, in, outputFields)
	default:
		c.warn(output, in, "%s is no model output: null stands for it", output.Kind())
	}
	c.mend(step, "model_output", lossless.NewNull())
	return nil
}

// actionsOf is the number of elements that a step should have.
func actionsOf(step *lossless.Node) int {
	output := step.Get("model_output")
	if output.Kind() != lossless.Object {
		return 1
	}
	return output.Get("action").Len()
}

func (c *checker) results(list *lossless.Node, at *path) {
	for i, r := range list.Items() {
		success, _ := laxBool(r.Get("success"))
		done, _ := laxBool(r.Get("is_done"))
		if success && !done {
			c.warn(r, at.item(i), "success without is_done: browser-use refuses it")
		}
	}
}

func nulls(n int) *lossless.Node {
	items := make([]*lossless.Node, n)
	for i := range items {
		items[i] = lossless.NewNull()
	}
	return lossless.NewArray(items...)
}

func emptyState(actions int) *lossless.Node {
	s := lossless.NewObject()
	s.Set("tabs", lossless.NewArray())
	s.Set("screenshot_path", lossless.NewNull())
	s.Set("interacted_element", nulls(actions))
	s.Set("url", lossless.NewString(""))
	s.Set("title", lossless.NewString(""))
	return s
}

var standsIn = map[string]string{
	"tabs": "an empty list stands", "interacted_element": "one null for each action stands",
	"url": "an empty text stands", "title": "an empty text stands",
}

// state fills in the members that browser-use does not load a state without.
func (c *checker) state(n *lossless.Node, at *path, actions int) {
	for key, v := range emptyState(actions).Members() {
		if key != "screenshot_path" && missing(n, key) {
			c.warn(n, at, "%s is missing: %s for it", key, standsIn[key])
			c.mend(n, key, v)
		}
	}
	for i, tab := range n.Get("tabs").Items() {
		for _, names := range [][2]string{{"target_id", "tab_id"}, {"parent_target_id", "parent_tab_id"}} {
			if !missing(tab, names[0]) && !missing(tab, names[1]) {
				c.warn(tab, at.member("tabs").item(i), "both %s and %s: %[1]s counts", names[0], names[1])
			}
		}
	}
}
