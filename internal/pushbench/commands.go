package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
)

// order is what a process of the benchmark is asked to do, one line of JSON on its
// standard input, and result what it answers on its standard output.
type order struct {
	Do   string          `json:"do"`
	Args json.RawMessage `json:"args,omitempty"`
}

type result struct {
	Error  string          `json:"error,omitempty"`
	Answer json.RawMessage `json:"answer,omitempty"`
}

// command obeys one kind of order.
type command func(args json.RawMessage) (any, error)

// with makes a command of a function of its own arguments.
func with[A any](do func(args A) (any, error)) command {
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

// started is the first line of each process of the benchmark: where it listens.
type started struct {
	Address string `json:"address,omitempty"`
	Publish string `json:"publish,omitempty"` // of the bare socket's: where changes are handed in
}

// obey announces the process and carries out orders, one after the other, until
// the input ends. Every process knows "collect", which frees what isn't used, so
// that memory is compared like with like.
func obey(in io.Reader, out io.Writer, where started, commands map[string]command) error {
	commands["collect"] = func(json.RawMessage) (any, error) { runtime.GC(); return nil, nil }
	answers := json.NewEncoder(out)
	if err := answers.Encode(where); err != nil {
		return err
	}
	orders := json.NewDecoder(bufio.NewReader(in))
	for {
		var o order
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

func carryOut(o order, commands map[string]command) result {
	do, ok := commands[o.Do]
	if !ok {
		return result{Error: fmt.Sprintf("no such order: %q", o.Do)}
	}
	answer, err := do(o.Args)
	if err != nil {
		return result{Error: err.Error()}
	}
	encoded, err := json.Marshal(answer)
	if err != nil {
		return result{Error: err.Error()}
	}
	return result{Answer: encoded}
}
