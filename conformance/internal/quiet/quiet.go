// Package quiet keeps what Istio's packages log out of the report.
//
// It must be initialised before them: one warns on standard output when it does not find the folder of its own build. Packages that
// are ready are initialised in the order of their import paths, so importing nothing of Istio's here would be enough for that;
// hence the logging itself is silenced by the package beside.
package quiet

import "os"

func init() {
	for _, name := range []string{"TARGET_OUT", "LOCAL_OUT"} {
		if os.Getenv(name) == "" {
			_ = os.Setenv(name, os.TempDir())
		}
	}
}
