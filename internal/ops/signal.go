package ops

import (
	"context"
	"os/signal"
	"syscall"
)

// SignalContext returns a context that ends with the first SIGTERM or SIGINT.
// The second one ends the process, as it would without this: whoever doesn't
// want to wait for a graceful stop asks twice. The returned function stops
// listening for signals and ends the context.
func SignalContext(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
