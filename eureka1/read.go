package eureka1

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"heureka/eureka1/dialect"
	"heureka/eureka1/pages"
	"heureka/model"
	"heureka/registry"
)

// headerStale says whether an answer may be old, because the node hears no write node.
const headerStale = "Heureka-Stale"

// read answers with a document, if the node has what it shows.
func (q *request) read() int {
	state := q.node.State()
	if !state.Ready {
		return q.empty(http.StatusServiceUnavailable) // so that another server is asked
	}
	q.w.Header().Set(headerStale, strconv.FormatBool(state.Stale))
	switch q.op {
	case opStatus:
		return q.status()
	case opHealth:
		return q.health(state)
	case opInstance:
		return q.instance()
	default:
		return q.documents()
	}
}

// documents answers with what the feed has.
func (q *request) documents() int {
	d, err := q.feed.open(q.r.Context(), q.node)
	if err != nil {
		q.log.Debug("a Eureka 1 client is sent elsewhere", "err", err) // counted: there may be as many as there are clients
		return q.empty(http.StatusServiceUnavailable)
	}
	switch q.op {
	case opApps:
		return q.page(d, pages.Apps)
	case opDelta:
		return q.page(d, pages.Delta)
	case opApp:
		return q.application(d.Snapshot())
	case opInstanceByID:
		return q.first(d.find(pages.ByID, q.route.id))
	case opVIP:
		return q.choice(d.find(pages.ByVIP, q.route.id))
	case opSecureVIP:
		return q.choice(d.find(pages.BySecureVIP, q.route.id))
	default:
		return q.body(http.StatusOK, dialect.JSON.ContentType(), dialect.AppendOverrides(nil, overrides(d.find(pages.Overridden, ""))))
	}
}

// health answers whether clients may be sent here.
func (q *request) health(state State) int {
	if state.Leaving {
		return q.empty(http.StatusServiceUnavailable)
	}
	return q.empty(http.StatusOK)
}

// page answers with one of the documents that are kept.
func (q *request) page(d *documents, document pages.Document) int {
	form := q.form()
	page, err := d.cache.Page(document, int(form), q.gzip())
	if err != nil {
		q.log.Error("no document for Eureka 1 clients", "err", err)
		return q.empty(http.StatusInternalServerError)
	}
	q.w.Header().Set("Vary", "Accept, Accept-Encoding, X-Eureka-Accept")
	if err := page.Send(q.w, form.Format().ContentType()); err != nil {
		q.log.Debug("a document wasn't taken", "err", err)
	}
	return http.StatusOK
}

// gzip reports whether the request takes compressed documents.
func (q *request) gzip() bool { return strings.Contains(q.r.Header.Get("Accept-Encoding"), "gzip") }

func (q *request) application(snapshot *pages.Snapshot) int {
	app, form := model.FoldApp(q.route.app), q.form()
	rows := slices.Collect(snapshot.Application(app))
	if len(rows) == 0 {
		return q.empty(http.StatusNotFound)
	}
	before, after := dialect.AloneApplication(form.Format())
	s := newStream(q, form)
	s.add(before)
	s.application(app, slices.Values(rows))
	s.add(after)
	return s.end()
}

// instance answers with one instance, always in full, as the loop has it. A read node
// that doesn't know it asks a write node: it may have been registered a moment ago.
func (q *request) instance() int {
	ctx, cancel := context.WithTimeout(q.r.Context(), q.config.Timeout)
	defer cancel()
	key, found := model.NewKey(q.route.app, q.route.id), make(chan *pages.Row, 1)
	err := q.node.Look(ctx, func(v *registry.View) {
		var row *pages.Row
		if shown, is := v.Get(key); is {
			row = pages.NewRow(key, shown.Instance, shown.Version)
		}
		found <- row
	})
	if err != nil {
		q.log.Debug("a Eureka 1 client is sent elsewhere", "err", err)
		return q.empty(http.StatusServiceUnavailable)
	}
	row := <-found
	if row == nil && q.pass != nil {
		return q.passOn(key, nil)
	}
	return q.one(row)
}

// one answers with the instance of a row, if there is any.
func (q *request) one(row *pages.Row) int {
	if row == nil {
		return q.empty(http.StatusNotFound)
	}
	info := infoOf(row)
	return q.instanceDocument(http.StatusOK, &info)
}

func (q *request) instanceDocument(code int, info *dialect.Info) int {
	form := dialect.FormOf(q.r.Header.Get("Accept"), "", q.route.v1)
	return q.body(code, form.Format().ContentType(), dialect.AppendInstanceDocument(nil, form, info))
}

// first answers with the first instance of some, if there are any.
func (q *request) first(rows []*pages.Row) int {
	if len(rows) == 0 {
		return q.one(nil)
	}
	return q.one(rows[0])
}

// choice answers with all of some instances, none too.
func (q *request) choice(chosen []*pages.Row) int {
	var census dialect.Census
	for _, row := range chosen {
		census.Add(row.Status, 1)
	}
	form, envelope := q.form(), dialect.Envelope{Version: dialect.VersionSome, Hash: census.String()}
	s := newStream(q, form)
	s.buffer = dialect.AppendHead(s.buffer, form, envelope)
	first := true
	for app, rows := range applications(chosen) {
		if !first {
			s.add(dialect.Between(form))
		}
		first = false
		s.application(app, slices.Values(rows))
	}
	s.buffer = dialect.AppendTail(s.buffer, form, envelope)
	return s.end()
}

// applications yields rows that are in order by application.
func applications(rows []*pages.Row) iter.Seq2[string, []*pages.Row] {
	return func(yield func(string, []*pages.Row) bool) {
		for len(rows) > 0 {
			app, n := rows[0].Key.App, 1
			for n < len(rows) && rows[n].Key.App == app {
				n++
			}
			if !yield(app, rows[:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

// overrides lists what is overridden, each id once.
func overrides(rows []*pages.Row) []dialect.Override {
	var all []dialect.Override
	seen := make(map[string]bool)
	for _, row := range rows {
		if in := row.Instance(); !seen[in.ID] {
			seen[in.ID] = true
			all = append(all, dialect.Override{ID: in.ID, Status: in.Override})
		}
	}
	return all
}
