package mesh

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"istio.io/istio/pkg/monitoring"
)

var registry = sync.OnceValues(func() (*prometheus.Registry, error) {
	r := prometheus.NewRegistry()
	_, err := monitoring.RegisterPrometheusExporter(r, r)
	return r, err
})

// rejected reads istiod's own count of configuration it dropped, by the Gateway's "namespace/name".
func rejected() map[string]float64 {
	counts := map[string]float64{}
	r, err := registry()
	if err != nil {
		panic(err)
	}
	families, err := r.Gather()
	if err != nil {
		panic(err)
	}
	for _, f := range families {
		if f.GetName() != "pilot_total_rejected_configs" {
			continue
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "name" {
					counts[l.GetValue()] += m.GetCounter().GetValue()
				}
			}
		}
	}
	return counts
}
