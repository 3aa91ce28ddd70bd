// Package mesh lets istiod's own generators turn a set into the configuration of every proxy concerned, and asks that
// configuration where connections go.
package mesh

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"
	"time"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	meshconfig "istio.io/api/mesh/v1alpha1"
	networking "istio.io/api/networking/v1alpha3"
	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pilot/pkg/networking/serviceentry"
	"istio.io/istio/pilot/pkg/networking/util"
	"istio.io/istio/pilot/pkg/serviceregistry"
	"istio.io/istio/pilot/pkg/serviceregistry/kube/controller"
	"istio.io/istio/pilot/pkg/simulation"
	"istio.io/istio/pilot/pkg/xds/endpoints"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/constants"
	"istio.io/istio/pkg/config/host"
	defaults "istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/mesh/meshwatcher"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/gvk"
	"istio.io/istio/pkg/config/schema/resource"
	kubelib "istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/kube/krt"
	"istio.io/istio/pkg/test"

	"cdk8s-istio-egress/conformance/internal/expect"
	"cdk8s-istio-egress/conformance/internal/fixtures"
	"cdk8s-istio-egress/conformance/internal/manifests"
)

// The release whose proxies are asked for.
const istioVersion = "1.31.0"

// Where proxies run: what prefers the nearest endpoint has to differ between a client and the gateway.
const (
	placeOfSidecars = "eu-central-1/eu-central-1a"
	placeOfGateways = "eu-west-1/eu-west-1b"
)

// What istiod keeps for its debug pages would hold every set judged so far in memory.
func init() {
	krt.GlobalDebugHandler = nil
}

// mesh is a control plane that has read one set.
type mesh struct {
	facts   expect.Mesh
	cluster *fixtures.Cluster
	control *core.ConfigGenTest
	// vips holds the addresses that istiod's allocator would write, by host.
	vips  map[host.Name]string
	views map[string]*view
}

// view is what one proxy is given.
type view struct {
	mesh      *mesh
	proxy     *model.Proxy
	listeners []*listener.Listener
	clusters  map[string]*cluster.Cluster
	simulated *simulation.Simulation
	// shares of weighted clusters of TCP, by the name that stands for them in what is simulated.
	shares map[string][]portion
}

// updater hands endpoints to an index that only exists once the registries do.
type updater struct {
	model.XDSUpdater
}

func newMesh(t test.Failer, c *fixtures.Cluster, facts expect.Mesh) (*mesh, error) {
	m := &mesh{facts: facts, cluster: c, vips: map[host.Name]string{}, views: map[string]*view{}}
	configs, err := m.configs()
	if err != nil {
		return nil, err
	}
	settings := defaults.DefaultMeshConfig()
	settings.TrustDomain = facts.TrustDomain
	settings.TrustDomainAliases = facts.TrustDomainAliases
	settings.RootNamespace = facts.RootNamespace
	mode, known := meshconfig.MeshConfig_OutboundTrafficPolicy_Mode_value[facts.OutboundTrafficPolicy]
	if !known {
		return nil, fmt.Errorf("the mesh's outbound traffic policy %q is unknown", facts.OutboundTrafficPolicy)
	}
	settings.OutboundTrafficPolicy = &meshconfig.MeshConfig_OutboundTrafficPolicy{
		Mode: meshconfig.MeshConfig_OutboundTrafficPolicy_Mode(mode),
	}
	late := &updater{}
	services, _ := controller.NewFakeControllerWithOptions(t, controller.FakeControllerOptions{
		Client:        kubelib.NewFakeClient(c.Running()...),
		ClusterID:     constants.DefaultClusterName,
		DomainSuffix:  facts.ClusterDomain,
		MeshWatcher:   meshwatcher.NewTestWatcher(settings),
		XDSUpdater:    late,
		ConfigCluster: true,
		SkipRun:       true,
	})
	m.control = core.NewConfigGenTest(t, core.TestOptions{
		Configs:           configs,
		MeshConfig:        settings,
		ServiceRegistries: []serviceregistry.Instance{services},
		ClusterID:         constants.DefaultClusterName,
		SkipRun:           true,
	})
	// What istiod does when it starts: a Service takes endpoints from WorkloadEntries that it selects.
	m.control.ServiceEntryRegistry.AppendWorkloadHandler(services.WorkloadInstanceHandler)
	late.XDSUpdater = model.NewEndpointIndexUpdater(m.control.Env().EndpointIndex)
	m.control.Run()
	m.awaitMachines()
	if err := m.control.Env().InitNetworksManager(late); err != nil {
		return nil, err
	}
	m.control.PushContext().InitContext(m.control.Env(), nil, nil)
	return m, nil
}

// awaitMachines gives the registry of Kubernetes, which hears of WorkloadEntries by a queue, the time to put them behind their Services.
func (m *mesh) awaitMachines() {
	index := m.control.Env().EndpointIndex
	missing := func(s *corev1.Service) bool {
		machines := m.cluster.MachinesOf(s.Namespace, s.Spec.Selector)
		if len(s.Spec.Selector) == 0 || len(machines) == 0 {
			return false
		}
		shards, known := index.ShardsForService(fmt.Sprintf("%s.%s.svc.%s", s.Name, s.Namespace, m.facts.ClusterDomain), s.Namespace)
		if !known {
			return true
		}
		shards.RLock()
		defer shards.RUnlock()
		found := 0
		for _, endpoints := range shards.Shards {
			found += len(endpoints)
		}
		return found < len(machines)*len(s.Spec.Ports)
	}
	for range 100 {
		if !slices.ContainsFunc(m.cluster.Services, missing) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// configs converts Istio's objects as istiod reads them, with the addresses its allocator would have put into their status.
func (m *mesh) configs() ([]config.Config, error) {
	found := []config.Config{}
	created := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, o := range slices.Concat(m.cluster.Declared, m.cluster.Registered) {
		if !manifests.IsIstio(o) {
			continue
		}
		c, err := convert(o, m.facts.ClusterDomain)
		if err != nil {
			return nil, fmt.Errorf("%s: %v", manifests.Subject(o), err)
		}
		c.CreationTimestamp = created
		m.allocate(c)
		found = append(found, *c)
	}
	return found, nil
}

func convert(o *unstructured.Unstructured, domain string) (*config.Config, error) {
	raw, err := o.MarshalJSON()
	if err != nil {
		return nil, err
	}
	kind := &crd.IstioKind{}
	if err := json.Unmarshal(raw, kind); err != nil {
		return nil, err
	}
	g := o.GroupVersionKind()
	schema, known := collections.PilotGatewayAPI().FindByGroupVersionAliasesKind(resource.FromKubernetesGVK(&g))
	if !known {
		return nil, fmt.Errorf("istiod does not know the type %s", g)
	}
	return crd.ConvertObject(schema, kind, domain)
}

func (m *mesh) allocate(c *config.Config) {
	if off := m.facts.IPAutoAllocate; off != nil && !*off {
		return
	}
	if c.GroupVersionKind != gvk.ServiceEntry || !serviceentry.ShouldV2AutoAllocateIPFromConfig(*c) {
		return
	}
	status := &networking.ServiceEntryStatus{}
	for _, h := range c.Spec.(*networking.ServiceEntry).Hosts {
		if host.Name(h).IsWildCarded() {
			continue
		}
		// One address a host: a host that several entries declare gets several in a cluster, and each of them is listened on.
		if m.vips[host.Name(h)] == "" {
			n := len(m.vips) + 1
			m.vips[host.Name(h)] = netip.AddrFrom4([4]byte{240, 240, byte(n / 250), byte(n%250 + 1)}).String()
		}
		status.Addresses = append(status.Addresses, &networking.ServiceEntryAddress{Value: m.vips[host.Name(h)], Host: h})
	}
	c.Status = status
}

// sidecar of a workload that runs as a service account.
func (m *mesh) sidecar(namespace, serviceAccount string) *view {
	key := "sidecar/" + namespace + "/" + serviceAccount
	if v := m.views[key]; v != nil {
		return v
	}
	workload := injected(m.cluster.LabelsOf(namespace, serviceAccount))
	m.views[key] = m.view(&model.Proxy{
		Type:            model.SidecarProxy,
		ID:              serviceAccount + "." + namespace,
		ConfigNamespace: namespace,
		Labels:          workload,
		Locality:        util.ConvertLocality(placeOfSidecars),
		IPAddresses:     []string{fmt.Sprintf("10.245.%d.%d", len(m.views)/250, len(m.views)%250+1)},
		Metadata: &model.NodeMetadata{
			ServiceAccount: serviceAccount,
			Labels:         workload,
			DNSCapture:     model.StringBool(m.facts.DNSCapture),
		},
	})
	return m.views[key]
}

// machine that runs Istio's agent, as the workload that its labels and account make it. Its agent answers DNS where those of the mesh do:
// "istioctl x workload entry configure" takes over the mesh's settings, and asks for it by itself unless told otherwise.
func (m *mesh) machine(namespace, serviceAccount, address string, labels map[string]string) *view {
	key := "machine/" + namespace + "/" + address
	if v := m.views[key]; v != nil {
		return v
	}
	m.views[key] = m.view(&model.Proxy{
		Type:            model.SidecarProxy,
		ID:              address + "." + namespace,
		ConfigNamespace: namespace,
		Labels:          labels,
		IPAddresses:     []string{address},
		Metadata: &model.NodeMetadata{
			ServiceAccount: serviceAccount,
			Labels:         labels,
			DNSCapture:     model.StringBool(m.facts.DNSCapture),
		},
	})
	return m.views[key]
}

// injected labels of a pod: those that it has, and one that injection gives every pod. Istio orders endpoints for proxies with labels alone.
func injected(labels map[string]string) map[string]string {
	all := map[string]string{"service.istio.io/canonical-revision": "latest"}
	maps.Copy(all, labels)
	return all
}

// gateway workload behind a pod's address; nil when no such pod runs.
func (m *mesh) gateway(ip string) *view {
	key := "gateway/" + ip
	if v := m.views[key]; v != nil {
		return v
	}
	for _, p := range m.cluster.Pods {
		if p.Status.PodIP == ip {
			m.views[key] = m.view(&model.Proxy{
				Type:            model.Router,
				ID:              p.Name + "." + p.Namespace,
				ConfigNamespace: p.Namespace,
				Labels:          p.Labels,
				Locality:        util.ConvertLocality(placeOfGateways),
				IPAddresses:     []string{ip},
				Metadata:        &model.NodeMetadata{ServiceAccount: p.Spec.ServiceAccountName, Labels: p.Labels},
			})
			return m.views[key]
		}
	}
	return nil
}

func (m *mesh) view(p *model.Proxy) *view {
	p.Metadata.Namespace = p.ConfigNamespace
	p.Metadata.IstioVersion = istioVersion
	p.Metadata.ClusterID = constants.DefaultClusterName
	p.DNSDomain = p.ConfigNamespace + ".svc." + m.facts.ClusterDomain
	v := &view{mesh: m, proxy: m.control.SetupProxy(p), clusters: map[string]*cluster.Cluster{}, shares: map[string][]portion{}}
	v.simulated = simulation.NewSimulationFromConfigGen(&testing.T{}, m.control, v.proxy)
	v.listeners = v.simulated.Listeners
	v.nameShares()
	for _, c := range v.simulated.Clusters {
		v.clusters[c.Name] = c
	}
	return v
}

// assignment of a cluster's endpoints: its own, or what istiod answers when the proxy asks for it.
func (v *view) assignment(c *cluster.Cluster) *endpoint.ClusterLoadAssignment {
	if c.GetType() != cluster.Cluster_EDS {
		return c.GetLoadAssignment()
	}
	builder := endpoints.NewEndpointBuilder(c.Name, v.proxy, v.mesh.control.PushContext())
	return builder.BuildClusterLoadAssignment(v.mesh.control.Env().EndpointIndex)
}

// endpoints of a cluster as "address:port".
func (v *view) endpoints(c *cluster.Cluster) []string {
	found := []string{}
	for _, e := range v.lbEndpoints(c) {
		found = append(found, address(e))
	}
	return found
}

func (v *view) lbEndpoints(c *cluster.Cluster) []*endpoint.LbEndpoint {
	found := []*endpoint.LbEndpoint{}
	for _, locality := range v.assignment(c).GetEndpoints() {
		found = append(found, locality.GetLbEndpoints()...)
	}
	return found
}

func address(e *endpoint.LbEndpoint) string {
	a := e.GetEndpoint().GetAddress()
	if socket := a.GetSocketAddress(); socket != nil {
		return fmt.Sprintf("%s:%d", socket.GetAddress(), socket.GetPortValue())
	}
	return a.String()
}
