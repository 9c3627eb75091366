package foreign

import (
	"flag"
	"net/http"
	"os"
	"testing"
)

// clients says, as in internal/eurekatest, whether programs of others are to be
// built and run.
var clients = flag.String("clients", "none", "which programs of others are run: none, newest or all")

func TestStartServer(t *testing.T) {
	if *clients == "none" {
		t.Skip("builds and runs a Java program: -clients newest")
	}
	s, err := StartServer(t.Context(), ServerConfig{Log: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Kill()
	answer, err := http.Get(s.URL + "apps/delta")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("it answers %s", answer.Status)
	}
	if used, err := s.CPU(); err != nil || used <= 0 {
		t.Errorf("processor time: %v, %v", used, err)
	}
	s.Stop(startPatience)
	if code := s.ExitCode(); code != 143 {
		t.Errorf("ended with %d", code)
	}
}
