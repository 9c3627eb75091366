package eureka1

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// operation is what a request is for; its text is a metric's label.
type operation string

// The operations.
const (
	opRegister      operation = "register"
	opHeartbeat     operation = "heartbeat"
	opCancel        operation = "cancel"
	opOverride      operation = "override"
	opClearOverride operation = "clear_override"
	opMetadata      operation = "metadata"
	opBatch         operation = "batch"
	opASG           operation = "asg"
	opApps          operation = "apps"
	opDelta         operation = "delta"
	opApp           operation = "app"
	opInstance      operation = "instance"
	opInstanceByID  operation = "instance_by_id"
	opVIP           operation = "vip"
	opSecureVIP     operation = "svip"
	opStatus        operation = "status"
	opOverrides     operation = "overrides"
	opHealth        operation = "health"
	opNone          operation = "none" // there is nothing
)

// operations returns all of them.
func operations() []operation {
	return []operation{
		opRegister, opHeartbeat, opCancel, opOverride, opClearOverride, opMetadata, opBatch, opASG,
		opApps, opDelta, opApp, opInstance, opInstanceByID, opVIP, opSecureVIP, opStatus, opOverrides, opHealth, opNone,
	}
}

// writes reports whether it is meant to change something.
func (op operation) writes() bool {
	switch op {
	case opRegister, opHeartbeat, opCancel, opOverride, opClearOverride, opMetadata, opBatch, opASG:
		return true
	default:
		return false
	}
}

// route is where a path leads.
type route struct {
	v1      bool
	app, id string // what the path names, decoded; id also for a vip
	methods methods
}

// methods is what a path takes; all empty: there is nothing.
type methods struct{ get, post, put, remove operation }

// serves reports whether a path is one of Eureka 1's, so that nobody else answers it.
func serves(escaped string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(escaped, "/"), "/")
	return first == "eureka" || first == "v2"
}

// routeOf returns where an escaped path leads. A slash at its end, or several before
// one of its first elements, mean nothing: an address and a path are easily joined with
// one too many, and a mux would redirect it.
func routeOf(escaped string) route {
	base, path, _ := strings.Cut(strings.TrimLeft(escaped, "/"), "/")
	path = strings.TrimLeft(path, "/")
	var r route
	if first, rest, _ := strings.Cut(path, "/"); base == "eureka" && (strings.EqualFold(first, "v1") || strings.EqualFold(first, "v2")) {
		r.v1 = strings.EqualFold(first, "v1")
		path = strings.TrimLeft(rest, "/")
	}
	var room [maxElements]string
	if elements, ok := decode(room[:0], strings.TrimSuffix(path, "/")); ok {
		r.follow(elements)
	}
	return r
}

// maxElements is how many elements the longest path has that leads anywhere.
const maxElements = 4

// decode appends a path's elements; it is false where one is empty or can't be
// decoded, or there are too many.
func decode(elements []string, path string) ([]string, bool) {
	for e := range strings.SplitSeq(path, "/") {
		text, err := url.PathUnescape(e)
		if err != nil || text == "" || len(elements) == maxElements {
			return nil, false
		}
		elements = append(elements, text)
	}
	return elements, true
}

// follow sets what the elements lead to.
func (r *route) follow(elements []string) {
	first, rest := elements[0], elements[1:]
	switch {
	case first == "apps":
		r.followApps(rest)
	case len(rest) == 0 && first == "status":
		r.methods = reads(opStatus)
	case len(rest) == 0 && first == "healthcheck":
		r.methods = reads(opHealth)
	case len(rest) == 1 && first == "instances":
		r.id, r.methods = rest[0], reads(opInstanceByID)
	case len(rest) == 1 && first == "vips":
		r.id, r.methods = rest[0], reads(opVIP)
	case len(rest) == 1 && first == "svips":
		r.id, r.methods = rest[0], reads(opSecureVIP)
	case slices.Equal(elements, []string{"serverinfo", "statusoverrides"}):
		r.methods = reads(opOverrides)
	case slices.Equal(elements, []string{"peerreplication", "batch"}):
		r.methods = methods{post: opBatch}
	case len(rest) == 2 && first == "asg" && rest[1] == "status":
		r.id, r.methods = rest[0], methods{put: opASG}
	}
}

func (r *route) followApps(rest []string) {
	switch len(rest) {
	case 0:
		r.methods = reads(opApps)
		return
	case 1:
		r.app = rest[0]
		r.methods = methods{get: opApp, post: opRegister}
		if r.app == "delta" {
			r.methods.get = opDelta
		}
		return
	}
	r.app, r.id = rest[0], rest[1]
	switch {
	case len(rest) == 2:
		r.methods = methods{get: opInstance, put: opHeartbeat, remove: opCancel}
	case len(rest) == 3 && rest[2] == "status":
		r.methods = methods{put: opOverride, remove: opClearOverride}
	case len(rest) == 3 && rest[2] == "metadata":
		r.methods = methods{put: opMetadata}
	}
}

func reads(op operation) methods { return methods{get: op} }

// operation returns what a request of that method is for; "" if the path doesn't take
// it.
func (r *route) operation(method string) operation {
	if r.methods == (methods{}) {
		return opNone
	}
	switch method {
	case http.MethodGet, http.MethodHead:
		return r.methods.get
	case http.MethodPost:
		return r.methods.post
	case http.MethodPut:
		return r.methods.put
	case http.MethodDelete:
		return r.methods.remove
	default:
		return ""
	}
}

// allowed lists the methods that the path takes.
func (r *route) allowed() string {
	var all []string
	for _, m := range []struct {
		name string
		op   operation
	}{
		{http.MethodGet, r.methods.get}, {http.MethodPost, r.methods.post},
		{http.MethodPut, r.methods.put}, {http.MethodDelete, r.methods.remove},
	} {
		if m.op != "" {
			all = append(all, m.name)
		}
	}
	return strings.Join(all, ", ")
}
