package clustertest

import (
	"fmt"
	"net/http"
	"testing"

	"heureka/model"
)

// TestWhoRegistersAtAReadNodeFindsItThereAtOnce registers, overrides and cancels through
// a read node, which passes that on to one of three write nodes, and looks there right
// after each answer.
func TestWhoRegistersAtAReadNodeFindsItThereAtOnce(t *testing.T) {
	c := start(t, 3, 1)
	n := c.reads[0]
	e := newEurekaClient(t, n)
	e.applications(n, "apps/")
	for i := range 50 {
		in := eurekaInstance("ORDERS", fmt.Sprint("o-", i), "10.0.0.1")
		path := "apps/ORDERS/" + in.ID
		look := func(what string, code int, status model.Status) {
			t.Helper()
			e.wants(n, code, http.MethodGet, path, nil)
			info := find(e.applications(n, "vips/"+in.VIP), in.Key())
			if there := info != nil; there != (code == http.StatusOK) || there && info.Status != status {
				t.Fatalf("%s, %s shows it as %+v", what, n.Node.Name, info)
			}
		}
		e.register(n, in)
		look("registered", http.StatusOK, model.StatusUp)
		e.wants(n, http.StatusOK, http.MethodPut, path+"/status?value=OUT_OF_SERVICE", nil)
		look("overridden", http.StatusOK, model.StatusOutOfService)
		e.wants(n, http.StatusOK, http.MethodDelete, path, nil)
		look("gone", http.StatusNotFound, "")
	}
}
