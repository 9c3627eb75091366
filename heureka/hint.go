package main

import (
	"fmt"
	"io"
	"strings"

	"heureka/internal/dev"
)

// hint tells what to try with the cluster that has just become ready: on
// standard output, or beside it where that is for programs. Folder is where the
// logs of nodes go that are processes of their own.
func (c devCommand) hint(to console, plan dev.Plan, folder string) {
	out, logs := to.out, "this terminal, from warnings up"
	if c.Processes {
		out, logs = to.err, folder
	}
	writeHint(out, to.program, logs, plan)
}

func writeHint(out io.Writer, program, logs string, plan dev.Plan) {
	writes, reads := plan.Writes(), plan.Reads()
	fmt.Fprintf(out, `Heureka is ready.
  write nodes  %s
  read nodes   %s
  logs: %[5]s

Try in another terminal:
  %[3]s watch
  %[3]s watch --app ORDERS --json
  %[3]s register --app ORDERS --id o-1 --ip 127.0.0.1 --port 9000
  %[3]s get
  %[3]s cluster
  %[3]s evictions
  curl http://%[4]s/api/v1/apps

Stop with Ctrl-C.
`, strings.Join(dev.HTTPOf(writes), " "), strings.Join(dev.HTTPOf(reads), " "), program, reads[0].HTTP, logs)
}
