package eureka1

import (
	"net/url"
	"strings"
	"testing"
)

func TestRoutes(t *testing.T) {
	for _, test := range []struct {
		method, path string
		op           operation
		app, id      string
	}{
		{"GET", "/eureka/apps", opApps, "", ""},
		{"HEAD", "/eureka/apps/", opApps, "", ""},
		{"GET", "/eureka//apps", opApps, "", ""},
		{"GET", "//eureka/apps/", opApps, "", ""},
		{"PUT", "///v2/apps/A/b", opHeartbeat, "A", "b"},
		{"GET", "/eureka/V1//apps", opApps, "", ""},
		{"GET", "/eureka/apps//", opNone, "", ""},
		{"GET", "/eureka/apps/delta", opDelta, "delta", ""},
		{"GET", "/eureka/apps/DELTA", opApp, "DELTA", ""},
		{"POST", "/eureka/apps/delta", opRegister, "delta", ""},
		{"PUT", "/eureka/apps/delta/1", opHeartbeat, "delta", "1"},
		{"GET", "/v2/apps/A/b%2Fc%20d", opInstance, "A", "b/c d"},
		{"DELETE", "/v2/apps/A/b+c/", opCancel, "A", "b+c"},
		{"PUT", "/v2/apps/A/b/status", opOverride, "A", "b"},
		{"DELETE", "/v2/apps/A/b/status", opClearOverride, "A", "b"},
		{"PUT", "/v2/apps/A/b/metadata/", opMetadata, "A", "b"},
		{"PUT", "/v2/apps/A/status", opHeartbeat, "A", "status"},
		{"POST", "/v2/apps/A/b/metadata", "", "A", "b"},
		{"PUT", "/v2/apps/A/b/other", opNone, "A", "b"},
		{"PUT", "/v2/apps//b", opNone, "", ""},
		{"GET", "/eureka/v2/vips/a,b", opVIP, "", "a,b"},
		{"GET", "/eureka/v2/svips/a", opSecureVIP, "", "a"},
		{"GET", "/eureka/instances/a", opInstanceByID, "", "a"},
		{"POST", "/eureka/peerreplication/batch/", opBatch, "", ""},
		{"PUT", "/eureka/asg/a/status", opASG, "", "a"},
		{"GET", "/eureka/status", opStatus, "", ""},
		{"GET", "/eureka/serverinfo/statusoverrides", opOverrides, "", ""},
		{"GET", "/eureka/healthcheck", opHealth, "", ""},
		{"GET", "/eureka", opNone, "", ""},
		{"GET", "/eureka/", opNone, "", ""},
		{"GET", "/eureka/v2", opNone, "", ""},
		{"GET", "/v2/v2/apps", opNone, "", ""},
	} {
		r := routeOf(test.path)
		if op := r.operation(test.method); op != test.op || r.app != test.app || r.id != test.id {
			t.Errorf("%s %s: is %q of %q, %q", test.method, test.path, op, r.app, r.id)
		}
	}
	for path, want := range map[string]bool{
		"/eureka": true, "/eureka/x": true, "/v2": true, "/v2/apps": true,
		"/": false, "": false, "/eurekas": false, "/v1/apps": false, "/api/v1/apps": false, "/V2/apps": false, "//eureka": true, "///v2/x": true, "//api": false, "//": false,
	} {
		if serves(path) != want {
			t.Errorf("%q is ours: %v", path, !want)
		}
	}
	if r := routeOf("/eureka/apps/A/b"); r.allowed() != "GET, PUT, DELETE" {
		t.Errorf("allowed is %q", r.allowed())
	}
	if !routeOf("/eureka/v1/apps").v1 || routeOf("/eureka/v2/apps").v1 || routeOf("/v2/v1/apps").v1 {
		t.Error("version 1 isn't told apart")
	}
}

// FuzzRoutes finds, whatever the path, that an application and id lead where their
// escaped forms say, and that slashes around a path change nothing.
func FuzzRoutes(f *testing.F) {
	for _, seed := range [][2]string{{"ORDERS", "a:b:80"}, {"delta", "status"}, {"%2F", "../.."}, {"a b", "test#1.[3.?]!"}, {"v1", "é;x=1"}, {"", "//"}} {
		f.Add(seed[0], seed[1], "/eureka/"+seed[0]+"/"+seed[1])
	}
	f.Fuzz(func(t *testing.T, app, id, path string) {
		loose := routeOf(path)
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"} {
			loose.operation(method)
		}
		if app == "" || id == "" {
			return
		}
		for _, base := range []string{"/eureka/", "/eureka/v2/", "/eureka/v1/", "/v2/", "/eureka//", "//eureka/"} {
			for _, end := range []string{"", "/"} {
				r := routeOf(base + "apps/" + url.PathEscape(app) + "/" + url.PathEscape(id) + end)
				if r.app != app || r.id != id || r.operation("PUT") != opHeartbeat || r.v1 != strings.Contains(base, "v1") {
					t.Fatalf("%q, %q below %s are %+v", app, id, base, r)
				}
			}
		}
	})
}
