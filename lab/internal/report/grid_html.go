package report

import "html/template"

type gridView struct {
	Writers []writerView
	Topics  []topicView
	Wide    int // columns in all
	Legend  []mark
}

type writerView struct {
	Writer
	Counts []mark
}

type topicView struct {
	Title string
	Cases []checkView
}

type checkView struct {
	Check
	Answers []mark
}

// mark is a verdict with its words.
type mark struct{ Class, Sign, Verdict, Text string }

func (v Verdict) mark(text string) mark {
	v = v.known()
	return mark{"v-" + verdicts[v].class, v.Sign(), v.String(), text}
}

func (g Grid) html() (template.HTML, error) {
	view := gridView{Wide: len(g.Writers) + 3}
	for v := range Broken + 1 {
		view.Legend = append(view.Legend, v.mark(v.String()))
	}
	for i, w := range g.Writers {
		wv := writerView{Writer: w}
		for v, n := range g.count(i) {
			if n > 0 {
				wv.Counts = append(wv.Counts, Verdict(v).mark(Count(n)))
			}
		}
		view.Writers = append(view.Writers, wv)
	}
	for _, t := range g.Topics {
		tv := topicView{Title: t.Title}
		for _, c := range t.Cases {
			cv := checkView{Check: c}
			for i := range g.Writers {
				a := c.answer(i)
				cv.Answers = append(cv.Answers, a.Verdict.mark(a.Text))
			}
			tv.Cases = append(tv.Cases, cv)
		}
		view.Topics = append(view.Topics, tv)
	}
	return render("grid", view)
}
