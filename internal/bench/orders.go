package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
)

// Order is what a process of the benchmark is asked to do, one line of JSON on its
// standard input, and Result what it answers on its standard output.
type Order struct {
	Do   string          `json:"do"`
	Args json.RawMessage `json:"args,omitempty"`
}

type Result struct {
	Error  string          `json:"error,omitempty"`
	Answer json.RawMessage `json:"answer,omitempty"`
}

// Command obeys one kind of order.
type Command func(args json.RawMessage) (any, error)

// With makes a Command of a function of its own arguments.
func With[A any](do func(args A) (any, error)) Command {
	return func(raw json.RawMessage) (any, error) {
		var args A
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &args); err != nil {
				return nil, err
			}
		}
		return do(args)
	}
}

// Started is the first line of each process of the benchmark: where it listens.
type Started struct {
	Address string `json:"address,omitempty"`
	Publish string `json:"publish,omitempty"` // of the bare socket's: where changes are handed in
}

// Obey announces the process and carries out orders, one after the other, until
// the input ends. Every process knows "collect", which frees what isn't used, so
// that memory is compared like with like.
func Obey(in io.Reader, out io.Writer, where Started, commands map[string]Command) error {
	commands["collect"] = func(json.RawMessage) (any, error) { runtime.GC(); return nil, nil }
	answers := json.NewEncoder(out)
	if err := answers.Encode(where); err != nil {
		return err
	}
	orders := json.NewDecoder(bufio.NewReader(in))
	for {
		var o Order
		switch err := orders.Decode(&o); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("orders: %w", err)
		}
		if err := answers.Encode(carryOut(o, commands)); err != nil {
			return err
		}
	}
}

func carryOut(o Order, commands map[string]Command) Result {
	do, ok := commands[o.Do]
	if !ok {
		return Result{Error: fmt.Sprintf("no such order: %q", o.Do)}
	}
	answer, err := do(o.Args)
	if err != nil {
		return Result{Error: err.Error()}
	}
	encoded, err := json.Marshal(answer)
	if err != nil {
		return Result{Error: err.Error()}
	}
	return Result{Answer: encoded}
}
