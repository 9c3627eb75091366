package arch

// Layer is how far a package is from thought to deed. Imports only go down.
type Layer int

// The layers.
const (
	Words   Layer = iota // values
	Thought              // decisions: pure, everything comes in as an argument
	Hands                // I/O and nothing else
	Bodies               // servers: one goroutine owns the state
	Doors                // mains
	Aside                // tests and checks of the whole: may import all, imported by their like only
)

// String returns the layer's name as in ARCHITECTURE.md.
func (l Layer) String() string {
	return [...]string{"words", "thought", "hands", "bodies", "doors", "aside"}[l]
}

// pure tells whether the layer has no I/O, clock, goroutine, lock, log or
// randomness.
func (l Layer) pure() bool { return l <= Thought }

// Plan says how a module should be laid out. Packages go by their path below the
// module.
type Plan struct {
	Module string
	Layers map[string]Layer
	// Sideways lists what a package may import on its own layer.
	Sideways map[string][]string
	// Only names for the path prefix of a foreign module the packages that alone
	// may import it.
	Only map[string][]string
	// Tables lists the package variables, as "package.name", that are read-only
	// tables and therefore allowed; they are never assigned to.
	Tables []string
	// Pure lists what packages on pure layers may import from outside the module,
	// and which names of it.
	Pure map[string]Names
}

// Names says which exported names of a package may be used.
type Names struct {
	Except []string // all but these; all if both lists are empty
	Just   []string // these and no others
}

// Heureka returns the plan of this module.
func Heureka() Plan {
	return Plan{
		Module: "heureka",
		Layers: map[string]Layer{
			"model":          Words,
			"internal/proto": Words,

			"interest":           Thought,
			"registry":           Thought,
			"cluster":            Thought,
			"wire":               Thought,
			"write-node/lease":   Thought,
			"write-node/owner":   Thought,
			"write-node/journal": Thought,
			"read-node/fanout":   Thought,
			"read-node/resume":   Thought,
			"read-node/level":    Thought,
			"eureka1/dialect":    Thought,
			"eureka1/rules":      Thought,
			"client/line":        Thought,
			"client/roster":      Thought,
			"client/mirror":      Thought,
			"internal/promise":   Thought,
			"eureka1/pages":      Thought,
			"bridge/sides":       Thought,

			"replication":       Hands,
			"write-node/api":    Hands,
			"write-node/store":  Hands,
			"read-node/session": Hands,
			"internal/nowait":   Hands,
			"internal/socket":   Hands,
			"internal/kept":     Hands,
			"internal/memfile":  Hands,
			"client":            Hands,
			"internal/ops":      Hands,
			"internal/raw":      Hands,
			"eureka1/served":    Hands,
			"eureka1":           Hands,

			"write-node/server": Bodies,
			"read-node/server":  Bodies,
			"internal/dev":      Bodies,
			"internal/foreign":  Bodies,
			"bridge":            Bodies,
			"heureka/sample":    Bodies,
			"internal/bench":    Bodies,

			"write-node": Doors,
			"read-node":  Doors,
			"heureka":    Doors,
			"loadtest":   Doors,

			"internal/pushbench":   Doors,
			"internal/eurekabench": Doors,

			"internal/arch":        Aside,
			"internal/simtest":     Aside,
			"internal/mutants":     Aside,
			"internal/clustertest": Aside,
			"internal/eurekatest":  Aside,
			"deploy/k8s":           Aside,
			"docs":                 Aside,
		},
		Sideways: map[string][]string{
			"model":              {"internal/proto"},
			"cluster":            {"registry"},
			"wire":               {"registry", "cluster", "interest"},
			"write-node/owner":   {"registry", "cluster", "write-node/lease"},
			"write-node/journal": {"registry"},
			"read-node/fanout":   {"interest", "wire"},
			"read-node/resume":   {"interest", "read-node/fanout"},
			"internal/ops":       {"internal/kept"},
			"replication":        {"internal/ops"},
			"read-node/session":  {"internal/nowait", "internal/socket"},
			"write-node/api":     {"internal/nowait", "internal/socket"},
			"eureka1/pages":      {"eureka1/dialect"},
			"eureka1/rules":      {"eureka1/dialect"},
			"eureka1":            {"eureka1/served", "internal/kept", "internal/ops"},
			"eureka1/served":     {"internal/memfile"},
			"bridge/sides":       {"eureka1/dialect", "eureka1/rules"},
			"client/line":        {"wire"},
			"client/roster":      {"wire", "client/line"},
			"client/mirror":      {"wire", "interest", "client/line"},
			"internal/promise":   {"wire"},
			"internal/dev":       {"write-node/server", "read-node/server"},
			"internal/foreign":   {"internal/dev"},
			"internal/bench":     {"internal/dev"},
		},
		Only: map[string][]string{
			"github.com/nats-io/": {"replication", "internal/pushbench"}, // a peer to measure beside
			"go.etcd.io/bbolt":    {"write-node/store"},
		},
		Tables: []string{
			"model.fields",
			"wire.table",
			"read-node/resume.encoding",
		},
		Pure: pureImports(),
	}
}

// pureImports lists the packages that only compute. What isn't here a pure layer
// doesn't import.
func pureImports() map[string]Names {
	all := Names{}
	return map[string]Names{
		"bytes": all, "cmp": all, "compress/flate": all, "container/heap": all, "container/list": all,
		"encoding": all, "encoding/base64": all, "encoding/binary": all, "encoding/hex": all, "encoding/json": all,
		"encoding/xml": all, "hash/crc32": all,
		"errors": all, "iter": all, "maps": all, "math": all, "math/bits": all, "net/netip": all, "net/url": all,
		"regexp": all, "regexp/syntax": all, "slices": all, "sort": all, "strconv": all, "strings": all,
		"unicode": all, "unicode/utf8": all, "unique": all,

		"fmt": {Except: []string{"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"}},
		"time": {Except: []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker",
			"Timer", "Ticker", "Local", "LoadLocation"}},
		"math/rand/v2": {Just: []string{"Rand", "Source", "New", "NewPCG", "NewChaCha8", "PCG", "ChaCha8"}},
		"net/http": {Just: []string{"StatusOK", "StatusNoContent", "StatusBadRequest", "StatusConflict", "StatusInternalServerError", "StatusNotFound",
			"StatusRequestEntityTooLarge", "StatusRequestTimeout", "StatusServiceUnavailable", "StatusTooManyRequests"}},

		"github.com/cespare/xxhash/v2": all,
		"github.com/google/uuid":       {Just: []string{"UUID", "Nil", "Parse", "ParseBytes", "FromBytes"}},

		"google.golang.org/protobuf/encoding/protowire": all,
	}
}
