// Package loggers silences what Istio's packages log while they judge; the report says it better.
package loggers

import (
	_ "cdk8s-istio-egress/conformance/internal/quiet"

	"istio.io/istio/pkg/log"
)

// Silence every logger of Istio's.
func Silence() {
	options := log.DefaultOptions()
	options.SetDefaultOutputLevel(log.OverrideScopeName, log.NoneLevel)
	_ = log.Configure(options)
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
}
