package k8s

import (
	"errors"
	"io"
	"time"

	"heureka/bridge"
	"heureka/internal/ops"
	readnode "heureka/read-node/server"
	writenode "heureka/write-node/server"
)

// binary is the command line of a program, as its main puts it together.
type binary interface {
	check() error         // what the main would say of its settings
	drain() time.Duration // how long it waits for its clients to leave
}

type writeFlags struct {
	writenode.Config `embed:""`
	ops.ProgramFlags `embed:""`
}

func (b *writeFlags) check() error         { return errors.Join(b.Config.Validate(), checkLog(b.ProgramFlags)) }
func (b *writeFlags) drain() time.Duration { return b.DrainTimeout }

type readFlags struct {
	readnode.Config  `embed:""`
	ops.ProgramFlags `embed:""`
}

func (b *readFlags) check() error         { return errors.Join(b.Config.Validate(), checkLog(b.ProgramFlags)) }
func (b *readFlags) drain() time.Duration { return b.DrainDelay + b.DrainTimeout }

// heurekaFlags are those of the one command of heureka that is deployed.
type heurekaFlags struct {
	Bridge struct {
		bridge.Config    `embed:""`
		ops.ProgramFlags `embed:""`
	} `cmd:""`
}

func (b *heurekaFlags) check() error {
	return errors.Join(b.Bridge.Config.Validate(), checkLog(b.Bridge.ProgramFlags))
}
func (b *heurekaFlags) drain() time.Duration { return 0 }

func checkLog(f ops.ProgramFlags) error {
	_, err := f.Logger(io.Discard)
	return err
}

// binaries returns a fresh command line of each binary that is deployed.
func binaries() map[string]binary {
	return map[string]binary{
		"write-node": new(writeFlags),
		"read-node":  new(readFlags),
		"heureka":    new(heurekaFlags),
	}
}
