package clustertest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// largeBatch is more than proxies let through by default, and less than a node takes.
const largeBatch = 3 << 20

// registersAsEureka registers a Eureka 1 client through the balancer. A node that stops
// is for the balancer to know: the client has no other server to go to.
func (b *balancer) registersAsEureka(ctx context.Context) error {
	const instance = `{"instance":{"instanceId":"newcomer-1","hostName":"newcomer","app":"NEWCOMER","ipAddr":"10.0.0.9","status":"UP","dataCenterInfo":{"name":"MyOwn"}}}`
	return b.asks(ctx, http.MethodPost, "/eureka/apps/NEWCOMER", instance, http.StatusNoContent)
}

// leavesAsEureka unregisters that client.
func (b *balancer) leavesAsEureka(ctx context.Context) error {
	return b.asks(ctx, http.MethodDelete, "/eureka/apps/NEWCOMER/newcomer-1", "", http.StatusOK)
}

// passesBatchesOn sends as much at once as a bridge may that is told of the balancer.
func (b *balancer) passesBatchesOn(ctx context.Context) error {
	return b.asks(ctx, http.MethodPost, "/eureka/peerreplication/batch/", `{"replicationList":[`+strings.Repeat(" ", largeBatch)+`]}`, http.StatusOK)
}

func (b *balancer) asks(ctx context.Context, method, path, body string, want int) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+b.address+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := b.web.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != want {
		return fmt.Errorf("%s %s: %s", method, path, res.Status)
	}
	return nil
}
