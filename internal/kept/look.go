package kept

import (
	"context"
	"net"
	"net/http"
)

// DontLook has net/http not look whether the client of a request has gone. That reads one
// byte as soon as the request's body is read, and breaks the read off when the answer
// begins. Such a read finds nothing now, and the next request is read as ever. It is for
// who hasn't read the body to its end and answers soon: the request's context doesn't end
// early. Where the rest of the body has yet to come, or the connection isn't kept here, it
// does nothing.
func DontLook(r *http.Request) {
	if r.ContentLength == 0 {
		return // it is looked for already
	}
	if c, ok := r.Context().Value(contextKey{}).(*Conn); ok {
		c.unlooked.Store(true)
	}
}

type contextKey struct{}

// Context returns ctx with the connection in it; it is for http.Server.ConnContext.
func Context(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}
