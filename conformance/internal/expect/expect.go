// Package expect holds what the library says its manifests do, so that Istio can be asked whether they do.
package expect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// File is the name of the expectations inside a set's folder.
const File = "expectations.json"

// Resolution of a service's hosts, in the words of a ServiceEntry.
const (
	None          = "NONE"
	Static        = "STATIC"
	DNS           = "DNS"
	DNSRoundRobin = "DNS_ROUND_ROBIN"
	DynamicDNS    = "DYNAMIC_DNS"
)

// What sidecars do with a destination that the mesh does not know.
const (
	RegistryOnly = "REGISTRY_ONLY"
	AllowAny     = "ALLOW_ANY"
)

// App is what one application declares about the world outside its mesh.
type App struct {
	Mesh     Mesh      `json:"mesh"`
	Services []Service `json:"services"`
	// Ways of the app out of the mesh by a gateway.
	Ways []Way `json:"ways,omitempty"`
	// Requests to services inside the mesh, each with what should become of it.
	Requests []Request `json:"requests,omitempty"`
	// Machines are the services of the mesh that run on virtual machines.
	Machines []Machines `json:"machines,omitempty"`
	// Lockdowns are the namespaces whose pods NetworkPolicies keep from everything outside that is not declared for them.
	Lockdowns []Lockdown `json:"lockdowns,omitempty"`
}

// Way is what routes services through a gateway, and tells one that denies by default what to let through.
type Way struct {
	Path    string     `json:"path"`
	Gateway WayGateway `json:"gateway"`
}

// WayGateway is the Service of the gateway that a way passes.
type WayGateway struct {
	Namespace string `json:"namespace"`
	Service   string `json:"service"`
}

// Lockdown of a namespace.
type Lockdown struct {
	Namespace string `json:"namespace"`
	// ByNameOnly are hosts without a known address, as "HOST:PORT": NetworkPolicies let every address of such a port through.
	ByNameOnly []string `json:"byNameOnly,omitempty"`
}

// OpenPorts of a namespace that is locked down: those that are open to every address.
func (l Lockdown) OpenPorts() []int {
	found := []int{}
	for _, place := range l.ByNameOnly {
		port, _ := strconv.Atoi(place[strings.LastIndexByte(place, ':')+1:])
		found = append(found, port)
	}
	return found
}

// LockdownOf a namespace, if it has one.
func (a *App) LockdownOf(namespace string) (Lockdown, bool) {
	for _, l := range a.Lockdowns {
		if l.Namespace == namespace {
			return l, true
		}
	}
	return Lockdown{}, false
}

// Request to a service inside the mesh, from a sidecar or from outside.
type Request struct {
	// Service, Namespace and Port are those of the Kubernetes Service that should answer.
	Service   string `json:"service"`
	Namespace string `json:"namespace"`
	Port      int    `json:"port"`
	// Ingress is where the request comes in; absent: it comes from sidecars.
	Ingress *Ingress          `json:"ingress,omitempty"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers,omitempty"`
	// Redirected is whether the gateway sends the client to HTTPS; nothing else is then asked.
	Redirected bool `json:"redirected,omitempty"`
	// Shares are percent by subset; the empty subset is every pod.
	Shares map[string]uint32 `json:"shares,omitempty"`
	Mirror *Mirror           `json:"mirror,omitempty"`
	// Seconds that it may take; absent: no limit.
	Seconds float64 `json:"seconds,omitempty"`
	// Abort is the status of an injected fault.
	Abort uint32 `json:"abort,omitempty"`
	// Hash is what keeps requests with one pod: "header NAME", "cookie NAME", "parameter NAME" or "address".
	Hash string `json:"hash,omitempty"`
}

// Ingress of a request: the stock ingress gateway.
type Ingress struct {
	Host string `json:"host"`
	// Port of the gateway's Service.
	Port int `json:"port"`
	// Certificate is the name of the Secret whose certificate the gateway shows; absent: plaintext.
	Certificate string `json:"certificate,omitempty"`
	// Mutual is whether the client shows one, too.
	Mutual bool `json:"mutual,omitempty"`
}

// Mirror gets copies of a request.
type Mirror struct {
	Subset     string  `json:"subset"`
	Percentage float64 `json:"percentage"`
}

// Machines is a service of the mesh on virtual machines.
type Machines struct {
	Path           string            `json:"path"`
	Name           string            `json:"name"`
	Namespace      string            `json:"namespace"`
	Host           string            `json:"host"`
	Ports          []Port            `json:"ports"`
	ServiceAccount string            `json:"serviceAccount"`
	Labels         map[string]string `json:"labels"`
	// Addresses of the machines; none: they register themselves.
	Addresses []string `json:"addresses"`
	VisibleTo []string `json:"visibleTo"`
	Clients   []Client `json:"clients"`
}

// Mesh holds the facts of the mesh that change what is correct.
type Mesh struct {
	TrustDomain string `json:"trustDomain"`
	// TrustDomainAliases are further trust domains whose identities are equal to those of the first.
	TrustDomainAliases []string `json:"trustDomainAliases,omitempty"`
	ClusterDomain      string   `json:"clusterDomain"`
	RootNamespace      string   `json:"rootNamespace,omitempty"`
	// OutboundTrafficPolicy of the mesh: REGISTRY_ONLY (default) or ALLOW_ANY.
	OutboundTrafficPolicy string `json:"outboundTrafficPolicy,omitempty"`
	// DataPlane is not judged: what istiod makes for sidecars is.
	DataPlane  string `json:"dataPlane,omitempty"`
	DNSCapture bool   `json:"dnsCapture"`
	// IPAutoAllocate is whether istiod gives hosts without addresses one; absent: it does.
	IPAutoAllocate *bool `json:"ipAutoAllocate,omitempty"`
	// VirtualIPRange is where the addresses of hosts come from that sidecars have nothing else to tell by; absent: there are none.
	VirtualIPRange string `json:"virtualIpRange,omitempty"`
}

// TrustDomains of the mesh, its aliases included.
func (m Mesh) TrustDomains() []string {
	return append([]string{m.TrustDomain}, m.TrustDomainAliases...)
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
	// Networks that the last proxy connects to; absent: anywhere, so NetworkPolicies can tell its ports alone.
	Networks []string `json:"networks,omitempty"`
	// Choice is what the proxies choose from, with its order and shares; absent: nobody knows of any.
	Choice []Endpoint `json:"choice,omitempty"`
	// Connection is how the last proxy connects; absent: nobody knows of any setting.
	Connection *Connection `json:"connection,omitempty"`
	VisibleTo  []string    `json:"visibleTo"`
	Clients    []Client    `json:"clients"`
	Route      *Route      `json:"route,omitempty"`
}

// Endpoint that a proxy may choose.
type Endpoint struct {
	Address string `json:"address"`
	// Priority of the endpoint: 0 before 1 before 2.
	Priority int `json:"priority,omitempty"`
	// Locality is region, zone and subzone; the nearest are chosen first.
	Locality string `json:"locality,omitempty"`
	// Weight among equals; absent: 1.
	Weight int `json:"weight,omitempty"`
}

// Connection settings of the last proxy; times in seconds, absent: Istio's.
type Connection struct {
	ConnectTimeout        int `json:"connectTimeout,omitempty"`
	MaxConnections        int `json:"maxConnections,omitempty"`
	KeepaliveTime         int `json:"keepaliveTime,omitempty"`
	IdleTimeout           int `json:"idleTimeout,omitempty"`
	MaxConnectionDuration int `json:"maxConnectionDuration,omitempty"`
	// ConsecutiveErrors after which an endpoint is left out.
	ConsecutiveErrors int `json:"consecutiveErrors,omitempty"`
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

// UpstreamPort is the port of the private upstream of a leg: one on which hosts or server names tell entries apart.
func (p Port) UpstreamPort() int {
	if slices.Contains([]string{"HTTP", "HTTP2", "GRPC"}, p.Protocol) {
		return 80
	}
	return 443
}

// TLS that the last proxy originates towards the host outside.
type TLS struct {
	Mode string `json:"mode"`
	// SNI and SubjectAltNames; absent: the host.
	SNI             string   `json:"sni,omitempty"`
	SubjectAltNames []string `json:"subjectAltNames,omitempty"`
	// CaCertificates and CredentialName are where the authority of the server's certificate comes from, and the client certificate.
	CaCertificates string `json:"caCertificates,omitempty"`
	CredentialName string `json:"credentialName,omitempty"`
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
}

// Gateway is the workload a route passes.
type Gateway struct {
	Namespace string            `json:"namespace"`
	Service   string            `json:"service"`
	Selector  map[string]string `json:"selector"`
	// Ports that the gateway's Service is known to offer; absent: those of the stock chart.
	Ports []GatewayPort `json:"ports,omitempty"`
	// Locked is whether NetworkPolicies let its pods out to the services alone that are routed through it.
	Locked bool `json:"locked,omitempty"`
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
	// Name is the server name of the leg for clients that are named accounts.
	Name string `json:"name"`
	// NamespaceNames are its server names for clients that are whole namespaces, by namespace.
	NamespaceNames map[string]string `json:"namespaceNames,omitempty"`
	// Upstream is the host under which the gateway alone knows the host outside; absent: the leg's name.
	Upstream string `json:"upstream,omitempty"`
	// Resolution and Endpoints are how the library says that the gateway finds the host outside; absent: as follows from the service.
	Resolution string   `json:"resolution,omitempty"`
	Endpoints  []string `json:"endpoints,omitempty"`
	Mutual     bool     `json:"mutual"`
	Subset     string   `json:"subset"`
}

// ServerName with which the sidecars of a namespace ask for the leg.
func (l Leg) ServerName(namespace string) string {
	if name := l.NamespaceNames[namespace]; name != "" {
		return name
	}
	return l.Name
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
	if a.Mesh.RootNamespace == "" {
		a.Mesh.RootNamespace = "istio-system"
	}
	if a.Mesh.OutboundTrafficPolicy == "" {
		a.Mesh.OutboundTrafficPolicy = RegistryOnly
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
		if s.Route == nil {
			continue
		}
		for j := range s.Route.Legs {
			if s.Route.Legs[j].Upstream == "" {
				s.Route.Legs[j].Upstream = s.Route.Legs[j].Name
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

// UpstreamPort of a leg's private upstream.
func (s Service) UpstreamPort(l Leg) int {
	port, _ := s.PortNumbered(l.Port)
	return port.UpstreamPort()
}

// WholeNamespaces that may use the service: each account of them.
func (s Service) WholeNamespaces() []string {
	found := []string{}
	for _, c := range s.Clients {
		if c.ServiceAccount == "" && !slices.Contains(found, c.Namespace) {
			found = append(found, c.Namespace)
		}
	}
	return found
}

// NamedClients are the accounts that may use the service, without those of a namespace that may as a whole.
func (s Service) NamedClients() []Client {
	whole := s.WholeNamespaces()
	found := []Client{}
	for _, c := range s.Clients {
		if c.ServiceAccount != "" && !slices.Contains(whole, c.Namespace) {
			found = append(found, c)
		}
	}
	return found
}

// ServerNames that a leg has at the gateway, with the namespace of each; the named accounts' has none.
func (s Service) ServerNames(l Leg) map[string]string {
	found := map[string]string{}
	if !l.Mutual {
		return found
	}
	if len(s.NamedClients()) > 0 {
		found[l.Name] = ""
	}
	for _, namespace := range s.WholeNamespaces() {
		found[l.ServerName(namespace)] = namespace
	}
	return found
}

// Merge puts what several apps expect of one cluster together; they have to be written for the same mesh.
func Merge(apps []*App) (*App, error) {
	merged := &App{Mesh: apps[0].Mesh}
	for _, a := range apps {
		if !reflect.DeepEqual(a.Mesh, merged.Mesh) {
			return nil, fmt.Errorf("the apps of a set are written for different meshes: %+v and %+v", merged.Mesh, a.Mesh)
		}
		merged.Services = append(merged.Services, a.Services...)
		merged.Ways = append(merged.Ways, a.Ways...)
		merged.Requests = append(merged.Requests, a.Requests...)
		merged.Machines = append(merged.Machines, a.Machines...)
		merged.Lockdowns = append(merged.Lockdowns, a.Lockdowns...)
	}
	merged.shareLocks()
	return merged, nil
}

// shareLocks tells every app of a gateway that one of them deploys.
func (a *App) shareLocks() {
	locked := map[string]bool{}
	for _, s := range a.Services {
		if s.Route != nil && s.Route.Gateway.Locked {
			locked[s.Route.Gateway.Namespace+"/"+s.Route.Gateway.Service] = true
		}
	}
	for _, s := range a.Services {
		if s.Route != nil {
			s.Route.Gateway.Locked = locked[s.Route.Gateway.Namespace+"/"+s.Route.Gateway.Service]
		}
	}
}

// ByName says whether proxies look the service up in DNS.
func (s Service) ByName() bool {
	return s.Resolution == DNS || s.Resolution == DNSRoundRobin
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
