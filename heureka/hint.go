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
	writes, reads := dev.HTTPOf(plan.Writes()), dev.HTTPOf(plan.Reads())
	fmt.Fprintf(out, `Heureka is ready.
  write nodes  %s
  read nodes   %s
  logs: %[5]s

Try in another terminal:
%[6]s  %[3]s watch
  %[3]s watch --app ORDERS --json
  %[3]s register --app ORDERS --id o-1 --ip 127.0.0.1 --port 9000
  %[3]s get
  %[3]s cluster
  %[3]s evictions
  curl http://%[4]s/api/v1/apps

Stop with Ctrl-C.
`, strings.Join(writes, " "), strings.Join(reads, " "), program, reads[0], logs, export(writes, reads))
}

// export tells the other commands of these nodes, if they would ask others.
func export(writes, reads []string) string {
	write, read := strings.Join(writes, ","), strings.Join(reads, ",")
	if write == defaultWrite && read == defaultRead {
		return ""
	}
	return fmt.Sprintf("  export HEUREKA_WRITE=%s HEUREKA_READ=%s\n", write, read)
}
