//go:build !unix

package foreign

import "context"

// lock does nothing: here builds must not run at once.
func lock(context.Context, string) (unlock func(), err error) { return func() {}, nil }
