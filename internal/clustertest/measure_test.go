package clustertest

import (
	"bufio"
	"flag"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// measure has the tests called TestMeasure… run, which take minutes and judge
// nothing: `make measure`.
var measure = flag.Bool("measure", false, "measure whole clusters of processes")

// profiles is where measurements leave CPU profiles of the nodes that matter.
var profiles = flag.String("profiles", "", "folder for CPU profiles of nodes while they are measured")

func measured(t *testing.T) {
	t.Helper()
	if !*measure {
		t.Skip("measures, with -measure: make measure")
	}
}

// production are the arguments of nodes with the times that they have by default.
func production() []string {
	return []string{"--beacon", "1s", "--dead-after", "10s", "--heartbeat", "10s"}
}

// cost is what nodes have spent since they started.
type cost struct {
	cpu     float64 // seconds
	sent    float64 // bytes to NATS
	answers float64 // pulls of others
}

func (c cost) since(before cost) cost {
	return cost{cpu: c.cpu - before.cpu, sent: c.sent - before.sent, answers: c.answers - before.answers}
}

// spent adds up what the nodes have spent.
func (f *fleet) spent(nodes ...*process) cost {
	f.t.Helper()
	var sum cost
	for _, p := range nodes {
		metrics := f.metrics(p)
		sum.cpu += metrics["process_cpu_seconds_total"]
		for _, role := range []string{"write", "read"} {
			sum.sent += metrics["heureka_"+role+"_nats_sent_bytes_total"]
			sum.answers += metrics["heureka_"+role+"_answers_total"]
		}
	}
	return sum
}

// metrics reads those of a node that have no labels.
func (f *fleet) metrics(p *process) map[string]float64 {
	f.t.Helper()
	answer, err := f.web(p.place).Get("http://" + p.node.Admin + "/metrics")
	if err != nil {
		f.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		f.t.Fatalf("the metrics of %s: %s", p.node.Name, answer.Status)
	}
	out := make(map[string]float64)
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		name, text, _ := strings.Cut(lines.Text(), " ")
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			out[name] = value
		}
	}
	if err := lines.Err(); err != nil {
		f.t.Fatal(err)
	}
	return out
}

// during calls a function at each step of a time, and returns what the nodes spend
// in one second of it.
func (f *fleet) during(d, step time.Duration, do func(), nodes ...*process) cost {
	f.t.Helper()
	before, began := f.spent(nodes...), time.Now()
	ticker := time.NewTicker(step)
	defer ticker.Stop()
	for time.Since(began) < d {
		do()
		<-ticker.C
	}
	took := time.Since(began).Seconds()
	c := f.spent(nodes...).since(before)
	return cost{cpu: c.cpu / took, sent: c.sent / took, answers: c.answers / took}
}
