// Command pilot-agent is the process that runs beside every proxy, as released: iptables rules, certificates, bootstrap, Envoy.
package main

import (
	"os"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/cmd/pilot-agent/app"
	istioagent "istio.io/istio/pkg/istio-agent"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/security"
	"istio.io/istio/security/pkg/nodeagent/sds"
)

func main() {
	log.EnableKlogWithCobra()
	root := app.NewRootCommand(
		func(options *security.Options, cache security.SecretManager, provider *meshconfig.PrivateKeyProvider) istioagent.SDSService {
			return sds.NewServer(options, cache, provider)
		})
	if err := root.Execute(); err != nil {
		log.Error(err)
		os.Exit(1)
	}
}
