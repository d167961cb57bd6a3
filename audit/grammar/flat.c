//go:build cgo && !nogrammar

#include "flat.h"

#include <stdbool.h>
#include <stdlib.h>

typedef struct { uint32_t context[4]; const void *id; const TSTree *tree; } TSNode;
typedef struct { const void *tree, *id; uint32_t context[3]; } TSTreeCursor;

bool ts_parser_set_language(TSParser *, const TSLanguage *);
bool ts_parser_set_included_ranges(TSParser *, const TSRange *, uint32_t);
TSTree *ts_parser_parse_string(TSParser *, const TSTree *, const char *, uint32_t);
void ts_parser_reset(TSParser *);
void ts_tree_delete(TSTree *);
TSNode ts_tree_root_node(const TSTree *);
TSTreeCursor ts_tree_cursor_new(TSNode);
void ts_tree_cursor_delete(TSTreeCursor *);
TSNode ts_tree_cursor_current_node(const TSTreeCursor *);
uint16_t ts_tree_cursor_current_field_id(const TSTreeCursor *);
bool ts_tree_cursor_goto_first_child(TSTreeCursor *);
bool ts_tree_cursor_goto_next_sibling(TSTreeCursor *);
bool ts_tree_cursor_goto_parent(TSTreeCursor *);
uint16_t ts_node_symbol(TSNode);
uint32_t ts_node_start_byte(TSNode);
uint32_t ts_node_end_byte(TSNode);
bool ts_node_is_missing(TSNode);

// take appends the cursor's node if it is kept: 1 if it was, 0 if not, -1 if
// there is no memory. below says whether what is under it is wanted.
static int take(flat_tree *t, const TSTreeCursor *c, const uint8_t *kinds, uint32_t up, bool *below)
{
	TSNode at = ts_tree_cursor_current_node(c);
	uint16_t kind = ts_node_symbol(at);
	uint16_t field = ts_tree_cursor_current_field_id(c);
	uint8_t says = kind == FLAT_ERROR ? FLAT_NAMED : kinds[kind];
	uint32_t start = ts_node_start_byte(at), end = ts_node_end_byte(at);
	bool bad = kind == FLAT_ERROR || (start == end && ts_node_is_missing(at)); // what is made up is empty
	*below = says == FLAT_NAMED;
	if (!(says & FLAT_NAMED) && field == 0 && !bad)
		return 0;
	if (t->len == t->cap) {
		uint32_t cap = t->cap ? t->cap * 2 : 4096;
		flat_node *more = realloc(t->at, cap * sizeof *more);
		if (!more)
			return -1;
		t->at = more, t->cap = cap;
	}
	if (t->len)
		t->at[up].kids++;
	t->bad += bad;
	t->at[t->len++] = (flat_node){start, end, up, 0, kind, (uint8_t)field, bad};
	return 1;
}

// walk copies the tree, parents before their children.
static int walk(flat_tree *t, TSTreeCursor *c, const uint8_t *kinds)
{
	uint32_t up = 0;
	for (;;) {
		bool below;
		int kept = take(t, c, kinds, up, &below);
		if (kept < 0)
			return FLAT_MEMORY;
		if (kept && below && ts_tree_cursor_goto_first_child(c)) {
			up = t->len - 1;
			continue;
		}
		while (!ts_tree_cursor_goto_next_sibling(c)) {
			if (!ts_tree_cursor_goto_parent(c))
				return 0;
			up = t->at[up].up;
		}
	}
}

int flat_parse(TSParser *p, const TSLanguage *language, const uint8_t *kinds, const char *src, uint32_t len,
	const TSRange *ranges, uint32_t n, flat_tree *out)
{
	out->len = out->bad = 0;
	if (!ts_parser_set_language(p, language))
		return FLAT_LANGUAGE;
	if (!ts_parser_set_included_ranges(p, ranges, n))
		return FLAT_RANGES;
	TSTree *tree = ts_parser_parse_string(p, NULL, src, len);
	if (!tree) {
		ts_parser_reset(p);
		return FLAT_TREE;
	}
	TSTreeCursor c = ts_tree_cursor_new(ts_tree_root_node(tree));
	int err = walk(out, &c, kinds);
	ts_tree_cursor_delete(&c);
	ts_tree_delete(tree);
	return err;
}

void flat_free(flat_tree *t)
{
	free(t->at);
	*t = (flat_tree){0};
}
