package foreign

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// Maven builds the Maven project in the folder and returns its runnable jar: the only
// one in its target. Shared are other folders that it is made of. It needs mvn and a
// JDK.
func Maven(ctx context.Context, folder string, shared ...string) (jar string, err error) {
	if err := buildOf(ctx, append([]string{folder}, shared...), "target", "mvn", "-B", "-q", "package"); err != nil {
		return "", err
	}
	jars, err := filepath.Glob(filepath.Join(folder, "target", "*.jar"))
	if err != nil {
		return "", err
	}
	for _, name := range jars {
		if strings.HasPrefix(filepath.Base(name), "original-") { // what Maven's shade plugin began with
			continue
		}
		if jar != "" {
			return "", fmt.Errorf("build %s: which is to run, %s or %s?", folder, jar, name)
		}
		jar = name
	}
	if jar == "" {
		return "", fmt.Errorf("build %s: it made no jar", folder)
	}
	return filepath.Abs(jar)
}
