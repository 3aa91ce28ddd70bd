// Package analysis runs every analyser of `istioctl analyze` over a set.
package analysis

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	"istio.io/istio/pkg/config/analysis/analyzers"
	"istio.io/istio/pkg/config/analysis/diag"
	"istio.io/istio/pkg/config/analysis/local"
	"istio.io/istio/pkg/config/constants"
	"istio.io/istio/pkg/config/resource"

	"cdk8s-istio-egress/conformance/internal/fixtures"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// Check is the name of this check in a report.
const Check = "analysis"

var subsetOfOther = regexp.MustCompile(`Subset in virtual service (\S+)/\S+ has no effect on ingress gateway (\S+)/\S+ requests`)

// message of an analyser, with what it is about.
type message struct {
	text      string
	about     proto.Message
	namespace string
	name      string
	cluster   *fixtures.Cluster
}

// isGateway says whether a message is about a workload that Istio's injector makes a gateway.
func (m message) isGateway() bool {
	return slices.ContainsFunc(m.cluster.Workloads, func(p *corev1.Pod) bool {
		return p.Namespace == m.namespace && (p.Name == m.name || p.Name == m.name+"-0") && p.Annotations["inject.istio.io/templates"] == "gateway"
	})
}

// exceptions are messages that an analyser gives for objects which are right; each has its reason.
var exceptions = []struct {
	code   string
	means  func(m message) bool
	reason string
}{
	{
		"IST0140", func(m message) bool {
			found := subsetOfOther.FindStringSubmatch(m.text)
			return found != nil && found[1] != found[2]
		},
		"the analyser compares short names without their namespaces: the two rules are for two services of one name",
	},
	{
		"IST0140", func(m message) bool { return hasSubsets(m.about) },
		"the gateway has the rules of the sidecars; the analyser reports each of its routes that, like theirs, leads to every version",
	},
	{
		"IST0128", func(m message) bool { return takesAuthorityFromSecret(m.about) },
		"the analyser does not know that a Secret holds the authority as well, and Istio forbids to name it twice",
	},
	{
		"IST0134", func(m message) bool {
			return strings.Contains(m.text, "addresses are required for this protocol")
		},
		"the service is known by name only; with captured DNS istiod allocates the address, without it the report says what the port catches",
	},
	{
		"IST0127", func(m message) bool {
			policy, is := m.about.(*security.AuthorizationPolicy)
			return is && len(m.cluster.MachinesOf(m.namespace, policy.GetSelector().GetMatchLabels())) > 0
		},
		"the analyser looks for pods alone: the workloads are virtual machines",
	},
	{
		"IST0144", func(m message) bool { return m.isGateway() },
		"the pods are the proxy: nothing else in them could have its user",
	},
	{
		"IST0146", func(m message) bool { return m.isGateway() },
		"the injector's webhook is part of the installation and not of the set",
	},
}

// Run analyses a set together with the stubs of what its mesh has.
func Run(set *manifests.Set, cluster *fixtures.Cluster) (*verdict.Result, error) {
	result := verdict.New(set.Name, Check, "objects")
	result.Checked = len(set.Objects)
	stubs, err := cluster.Stubs()
	if err != nil {
		return nil, err
	}
	declared, err := manifests.YAML(cluster.Declared)
	if err != nil {
		return nil, err
	}
	stubbed, err := manifests.YAML(stubs)
	if err != nil {
		return nil, err
	}
	if set.Expect != nil {
		declared = inUsualDomain(declared, set.Expect.Mesh.ClusterDomain)
	}
	messages, err := analyze(declared, stubbed)
	if err != nil {
		result.Find(set.Name, line(err.Error()))
		return result, nil
	}
	for _, m := range messages {
		record(result, m, cluster)
	}
	return result, nil
}

// Message of an analyser as "istioctl analyze" prints it.
type Message struct {
	Level  string
	Code   string
	Object string
	Text   string
}

// Messages of every analyser and every level about objects and the stubs beside them, without exceptions.
func Messages(objects, stubs []*unstructured.Unstructured) ([]Message, error) {
	declared, err := manifests.YAML(objects)
	if err != nil {
		return nil, err
	}
	stubbed, err := manifests.YAML(stubs)
	if err != nil {
		return nil, err
	}
	found, err := analyze(declared, stubbed)
	messages := []Message{}
	for _, m := range found {
		object := "mesh"
		if m.Resource != nil {
			object = m.Resource.Origin.FriendlyName()
		}
		messages = append(messages, Message{Level: strings.ToLower(m.Type.Level().String()), Code: m.Type.Code(), Object: object, Text: textOf(m)})
	}
	return messages, err
}

// analyze gives what every analyser says about objects and the stubs beside them.
func analyze(declared, stubs string) (diag.Messages, error) {
	analyzer := local.NewIstiodAnalyzer(analyzers.AllCombined(), "", resource.Namespace(fixtures.SystemNamespace), nil)
	err := analyzer.AddTestReaderKubeSource([]local.ReaderSource{
		{Name: "set", Reader: strings.NewReader(declared)},
		{Name: "stubs", Reader: strings.NewReader(stubs)},
	})
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %v", err)
	}
	stop := make(chan struct{})
	defer close(stop)
	outcome, err := analyzer.Analyze(stop)
	return outcome.Messages, err
}

// inUsualDomain renames the cluster's services: the analysers take every cluster's domain to be cluster.local.
func inUsualDomain(text, domain string) string {
	return strings.ReplaceAll(text, ".svc."+domain, ".svc."+constants.DefaultClusterLocalDomain)
}

func record(result *verdict.Result, m diag.Message, cluster *fixtures.Cluster) {
	if m.Type.Level() == diag.Info {
		return
	}
	subject := "mesh"
	var about proto.Message
	var namespace, name string
	if m.Resource != nil {
		about, _ = m.Resource.Message.(proto.Message)
		subject = m.Resource.Origin.FriendlyName()
		namespace, name = m.Resource.Metadata.FullName.Namespace.String(), m.Resource.Metadata.FullName.Name.String()
		if strings.HasPrefix(m.Resource.Origin.Reference().String(), "stubs") {
			subject += " (stub)"
		}
	}
	text := fmt.Sprintf("%s [%s] %s", strings.ToLower(m.Type.Level().String()), m.Type.Code(), textOf(m))
	for _, e := range exceptions {
		if e.code == m.Type.Code() && e.means(message{text, about, namespace, name, cluster}) {
			result.Except(subject, text, e.reason)
			return
		}
	}
	result.Find(subject, text)
}

// hasSubsets says whether a rule of a VirtualService leads to a subset.
func hasSubsets(about proto.Message) bool {
	rules, is := about.(*networking.VirtualService)
	if !is {
		return false
	}
	for _, rule := range rules.GetHttp() {
		for _, r := range rule.GetRoute() {
			if r.GetDestination().GetSubset() != "" {
				return true
			}
		}
	}
	return false
}

// takesAuthorityFromSecret says whether every TLS setting of a DestinationRule names a Secret.
func takesAuthorityFromSecret(about proto.Message) bool {
	rule, is := about.(*networking.DestinationRule)
	if !is {
		return false
	}
	settings := []*networking.ClientTLSSettings{rule.GetTrafficPolicy().GetTls()}
	for _, port := range rule.GetTrafficPolicy().GetPortLevelSettings() {
		settings = append(settings, port.GetTls())
	}
	named := 0
	for _, s := range settings {
		if s != nil && s.CredentialName == "" {
			return false
		}
		if s != nil {
			named++
		}
	}
	return named > 0
}

func textOf(m diag.Message) string {
	return line(fmt.Sprintf(m.Type.Template(), m.Parameters...))
}

func line(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
