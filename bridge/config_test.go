package bridge

import (
	"strings"
	"testing"
)

func TestTheTwoClustersAreTwo(t *testing.T) {
	for _, test := range []struct{ from, to, says string }{
		{"http://old-1:8761/eureka", "http://heureka:8761", ""},
		{"http://old-1:8761/eureka", "http://old-1:8761", `--to (HEUREKA_TO) is "http://old-1:8761": must be no server of --from`},
		{"http://me:secret@Old-1/eureka/v2/", "http://old-1:80/", "must be no server of --from"},
		{"https://old-1/v2", "https://old-1:443", "must be no server of --from"},
		{"http://localhost:8761/eureka", "http://127.0.0.1:8761", "must be no server of --from"},
		{"http://127.0.0.1:8761/eureka", "http://LocalHost:8761", "must be no server of --from"},
		{"http://localhost:8761/eureka", "http://127.0.0.1:18761", ""},
		{"http://old-1/eureka", "http://old-1:8080", ""},
		{"http://proxy/old/eureka", "http://proxy", ""},
		{"old-1:8761", "http://old-1:8761", "--from (HEUREKA_FROM)"},
		{"http://old-1:8761/eureka", "://", "--to (HEUREKA_TO)"},
	} {
		c := DefaultConfig()
		c.From, c.To = []string{"http://old-2:8761/eureka", test.from}, []string{"http://read-2:8761", test.to}
		err := c.Validate()
		switch {
		case test.says == "" && err != nil:
			t.Errorf("from %s to %s: %v", test.from, test.to, err)
		case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret")):
			t.Errorf("from %s to %s: %v, want %s", test.from, test.to, err, test.says)
		}
	}
}
