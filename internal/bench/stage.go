package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Stage is where one row plays: its processes, all of which end with it.
type Stage struct {
	Options
	*Table
	Context  context.Context // of the row
	Folder   string          // of logs and data; removed at the end
	Part     string          // of the row, in the names of profiles; "" for all of it
	self     string          // this program, for roles
	all      []*Process
	releases []func() // of ports
	profiled map[string]bool
}

// play plays one row.
func (p *Program) play(ctx context.Context, o Options, self string, r Row) (t Table, err error) {
	t = Table{Row: r.Letter, Title: r.Title}
	ctx, cancel := context.WithTimeout(ctx, p.Patience)
	defer cancel()
	folder, err := os.MkdirTemp("", p.Name)
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(folder)
	s := &Stage{Options: o, Table: &t, Context: ctx, Folder: folder, self: self, profiled: make(map[string]bool)}
	defer s.end()
	if err = r.Play(s); err != nil {
		err = errors.Join(err, s.said())
		t.Note("FAILED: %v", err)
	}
	return t, err
}

// end stops all processes, the newest first: drivers before servers.
func (s *Stage) end() {
	for _, p := range slices.Backward(s.all) {
		p.Stop()
	}
	for _, release := range s.releases {
		release()
	}
}

// Stop stops one process before the end.
func (s *Stage) Stop(processes ...*Process) {
	for _, p := range processes {
		p.Stop()
		s.all = slices.DeleteFunc(s.all, func(other *Process) bool { return other == p })
	}
}

// said returns the last of what the processes logged, to explain a failure.
func (s *Stage) said() error {
	const enough = 2000
	var all []error
	for _, p := range s.all {
		log, err := os.ReadFile(filepath.Join(s.Folder, p.Name+".log"))
		if err == nil && len(log) > 0 {
			all = append(all, fmt.Errorf("%s logged: %s", p.Name, log[max(0, len(log)-enough):]))
		}
	}
	return errors.Join(all...)
}

// Role starts a process of this program and waits until it is ready.
func (s *Stage) Role(name, role string) (*Process, error) {
	p, err := launch(s.Folder, name, s.self, RoleWord, role)
	if err != nil {
		return nil, err
	}
	s.all = append(s.all, p)
	if err := p.out.Decode(&p.Started); err != nil {
		return nil, fmt.Errorf("%s isn't ready: %w", name, errors.Join(err, s.said()))
	}
	return p, nil
}

// Adopt lets a process that was started otherwise play on the stage; halt ends it, at
// the end.
func (s *Stage) Adopt(name, address string, pid int, halt func()) *Process {
	p := &Process{Name: name, Started: Started{Address: address}, pid: pid, halt: halt}
	s.all = append(s.all, p)
	return p
}
