// Package expect holds what the library says its manifests do, so that Istio can be asked whether they do.
package expect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// File is the name of the expectations inside a set's folder.
const File = "expectations.json"

// Resolution of a service's hosts, in the words of a ServiceEntry.
const (
	None          = "NONE"
	Static        = "STATIC"
	DNS           = "DNS"
	DNSRoundRobin = "DNS_ROUND_ROBIN"
)

// Who may pass a gateway.
const (
	Named  = "named"
	Open   = "open"
	Closed = "closed"
)

// App is what one application declares about the world outside its mesh.
type App struct {
	Mesh     Mesh      `json:"mesh"`
	Services []Service `json:"services"`
}

// Mesh holds the facts of the mesh that change what is correct.
type Mesh struct {
	TrustDomain   string `json:"trustDomain"`
	ClusterDomain string `json:"clusterDomain"`
	DNSCapture    bool   `json:"dnsCapture"`
}

// Service is one dependency outside the mesh.
type Service struct {
	Path       string   `json:"path"`
	Name       string   `json:"name"`
	Namespace  string   `json:"namespace"`
	Hosts      []string `json:"hosts"`
	Ports      []Port   `json:"ports"`
	Resolution string   `json:"resolution"`
	Addresses  []string `json:"addresses"`
	Endpoints  []string `json:"endpoints"`
	VisibleTo  []string `json:"visibleTo"`
	Clients    []Client `json:"clients"`
	Route      *Route   `json:"route,omitempty"`
}

// Port of a service: Number is what clients dial, TargetPort what the host outside listens on.
type Port struct {
	Number     int    `json:"number"`
	TargetPort int    `json:"targetPort"`
	Name       string `json:"name"`
	Protocol   string `json:"protocol"`
	// TLS is what the mesh adds towards the host outside; absent: the bytes leave as the application (or the gateway) has them.
	TLS *TLS `json:"tls,omitempty"`
}

// TLS that the last proxy originates towards the host outside.
type TLS struct {
	Mode            string   `json:"mode"`
	SNI             string   `json:"sni,omitempty"`
	SubjectAltNames []string `json:"subjectAltNames,omitempty"`
}

// Client that may use a service; without an account every account of its namespace.
type Client struct {
	Namespace      string `json:"namespace"`
	ServiceAccount string `json:"serviceAccount,omitempty"`
}

// Route of a service through an egress gateway.
type Route struct {
	Gateway Gateway `json:"gateway"`
	Legs    []Leg   `json:"legs"`
	// Access at the gateway: "named" (only the clients), "open" (everyone who sees the service) or "closed" (nobody);
	// absent: named when there are clients, else open.
	Access string `json:"access,omitempty"`
}

// Gateway is the workload a route passes.
type Gateway struct {
	Namespace string            `json:"namespace"`
	Service   string            `json:"service"`
	Selector  map[string]string `json:"selector"`
	// Ports that the gateway's Service is known to offer; absent: those of the stock chart.
	Ports []GatewayPort `json:"ports,omitempty"`
}

// GatewayPort of a gateway's Service.
type GatewayPort struct {
	Port       int `json:"port"`
	TargetPort int `json:"targetPort"`
}

// Leg is one (host, port) on its way through the gateway.
type Leg struct {
	Host        string `json:"host"`
	Port        int    `json:"port"`
	GatewayPort int    `json:"gatewayPort"`
	// Name is the server name that only this leg carries between sidecar and gateway.
	Name   string `json:"name"`
	Mutual bool   `json:"mutual"`
	Subset string `json:"subset"`
}

// Read loads the expectations of a set; a missing file is no error and gives nil.
func Read(path string) (*App, error) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return Parse(data, path)
}

// Parse reads expectations and fills what may be left out.
func Parse(data []byte, path string) (*App, error) {
	app := &App{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(app); err != nil {
		return nil, fmt.Errorf("%s: not valid expectations: %v", path, err)
	}
	app.fillDefaults()
	return app, nil
}

func (a *App) fillDefaults() {
	if a.Mesh.TrustDomain == "" {
		a.Mesh.TrustDomain = "cluster.local"
	}
	if a.Mesh.ClusterDomain == "" {
		a.Mesh.ClusterDomain = "cluster.local"
	}
	for i := range a.Services {
		s := &a.Services[i]
		if s.Namespace == "" {
			s.Namespace = "default"
		}
		for j, n := range s.VisibleTo {
			if n == "." || n == "" {
				s.VisibleTo[j] = s.Namespace
			}
		}
		for j := range s.Clients {
			if s.Clients[j].Namespace == "" {
				s.Clients[j].Namespace = s.Namespace
			}
		}
		for j := range s.Ports {
			if s.Ports[j].TargetPort == 0 {
				s.Ports[j].TargetPort = s.Ports[j].Number
			}
		}
		if s.Route != nil && s.Route.Access == "" {
			s.Route.Access = Open
			if len(s.Clients) > 0 {
				s.Route.Access = Named
			}
		}
	}
}

// PortNumbered returns the port a client dials.
func (s Service) PortNumbered(number int) (Port, bool) {
	for _, p := range s.Ports {
		if p.Number == number {
			return p, true
		}
	}
	return Port{}, false
}

// Leg of the route for a host and a port.
func (s Service) Leg(host string, port int) (Leg, bool) {
	if s.Route == nil {
		return Leg{}, false
	}
	for _, l := range s.Route.Legs {
		if l.Host == host && l.Port == port {
			return l, true
		}
	}
	return Leg{}, false
}

// VisibleIn says whether workloads of a namespace are meant to see the service.
func (s Service) VisibleIn(namespace string) bool {
	for _, n := range s.VisibleTo {
		if n == "*" || n == namespace {
			return true
		}
	}
	return false
}
