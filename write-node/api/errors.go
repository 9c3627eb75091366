package api

import (
	"errors"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"
)

// Refusal turns what an owner says into the error for the client.
func Refusal(err error) *wire.Error {
	var invalid *model.InvalidError
	if errors.As(err, &invalid) {
		return wire.NewError(wire.CodeInvalidInstance, "%s", invalid)
	}
	for _, c := range []struct {
		is   error
		code wire.Code
	}{
		{owner.ErrNotRegistered, wire.CodeNotRegistered},
		{owner.ErrSuperseded, wire.CodeSuperseded},
		{owner.ErrTooManyRegistrations, wire.CodeTooManyRegistrations},
		{owner.ErrVersionAhead, wire.CodeVersionAhead},
		{owner.ErrNotFound, wire.CodeNotFound},
		{owner.ErrHold, wire.CodeInvalidOrder},
		{owner.ErrForwards, wire.CodeOverloaded},
		{owner.ErrBehind, wire.CodeNotReady},
		{owner.ErrWaking, wire.CodeNotReady},
	} {
		if errors.Is(err, c.is) {
			return wire.NewError(c.code, "%s", err)
		}
	}
	return wire.NewError(wire.CodeInternal, "%s", err)
}
