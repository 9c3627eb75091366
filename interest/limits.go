package interest

// Limits bounds what subscribers may ask for and what an Index may hold to
// answer them. All sizes are in bytes.
type Limits struct {
	Interests int // interests of one union, counted as they were said
	Value     int // each value or pattern
	// Pattern is the estimated size of one compiled pattern. It keeps short
	// texts such as "(x{50}){20}" from becoming large programs.
	Pattern int
	// Verdicts is the estimated size of what an Index remembers of which values
	// match which patterns. It may be exceeded by a few values' verdicts.
	Verdicts int
}

// DefaultLimits suit a node with tens of thousands of subscribers.
func DefaultLimits() Limits {
	return Limits{Interests: 1000, Value: 512, Pattern: 64 << 10, Verdicts: 64 << 20}
}
