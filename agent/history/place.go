package history

import "slices"

// place is where a redaction stands: it decides whether a number may be a
// secret.
type place uint8

const (
	elsewhere place = iota // numbers are what the format, or nobody, knows
	inRoot
	inSteps
	inStep
	inOutput
	inActions
	inResults
	inResult
	inFree // numbers are what a page, a person or a model gave
)

// member is the place of a member's value.
func (p place) member(key string) place {
	switch {
	case p == inRoot && key == "history":
		return inSteps
	case p == inStep && key == "model_output":
		return inOutput
	case p == inStep && key == "result":
		return inResults
	case p == inOutput && key == "action":
		return inActions
	case p == inResult && key == "metadata", p == inFree:
		return inFree
	}
	return elsewhere
}

// item is the place of an item.
func (p place) item() place {
	switch p {
	case inSteps:
		return inStep
	case inActions, inFree:
		return inFree
	case inResults:
		return inResult
	}
	return elsewhere
}

// numbers reports whether the number that is the member key, or an item, may be
// a secret.
func (p place) numbers(key string) bool {
	return p == inFree && !slices.Contains(countNames, key)
}

// countNames are the parameters of browser-use's actions, and what it notes of
// a result, that are numbers: a string in their place would make the file
// unreadable for it.
var countNames = []string{
	"index", "coordinate_x", "coordinate_y", "pages", "seconds", "max_results", "start_from_char", "context_chars",
	"scale", "input_x", "input_y", "current_plan_item",
}

// paramNames are the other parameters of browser-use's actions.
var paramNames = []string{
	"already_collected", "append", "attributes", "case_sensitive", "clear", "code", "content", "css_scope", "data",
	"display_header_footer", "down", "engine", "extract_images", "extract_links", "file_name", "files_to_display",
	"footer_template", "header_template", "include_text", "keys", "landscape", "leading_newline", "new_str", "new_tab",
	"old_str", "output_schema", "paper_format", "path", "pattern", "print_background", "query", "regex", "selector",
	"success", "tab_id", "text", "trailing_newline", "url",
}

// ownNames are the keys that the format itself gives.
var ownNames = func() map[string]bool {
	names := map[string]bool{}
	for _, fields := range [][]field{rootFields, stepFields, outputFields, resultFields, judgementFields, stateFields,
		tabFields, elementFields, boundsFields, metadataFields} {
		for _, f := range fields {
			names[f.key] = true
		}
	}
	for _, list := range [][]string{actions, countNames, paramNames} {
		for _, name := range list {
			names[name] = true
		}
	}
	return names
}()
