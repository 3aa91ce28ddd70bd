package pods_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"cdk8s-istio-egress/conformance/internal/injection"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/pods"
	"cdk8s-istio-egress/conformance/internal/quiet/loggers"
)

func TestMain(m *testing.M) {
	loggers.Silence()
	os.Exit(m.Run())
}

var withCNI = injection.New(injection.WithCNI)

// found in a set, each without its subject, and how many workloads were looked at.
func found(t *testing.T, mesh *injection.Mesh, set *manifests.Set) ([]string, int) {
	t.Helper()
	checker, err := pods.New(mesh)
	if err != nil {
		t.Fatal(err)
	}
	result := checker.Run(set)
	messages := []string{}
	for _, f := range result.Findings {
		messages = append(messages, f.Message)
	}
	return messages, result.Checked
}

// gateway that the library deploys, and its Deployment.
func gateway(t *testing.T) (*manifests.Set, map[string]any) {
	t.Helper()
	set, err := manifests.Load("own-gateway", "../../testdata/own-gateway")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(set.Objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == "Deployment" })
	return set, set.Objects[at].Object
}

func labelled(labels string) string {
	return "apiVersion: v1\nkind: Namespace\nmetadata: { name: edge, labels: {" + labels + "} }\n"
}

func parse(t *testing.T, text string) *manifests.Set {
	t.Helper()
	objects, err := manifests.Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return &manifests.Set{Name: "test", Objects: objects}
}

func set(t *testing.T, deployment map[string]any, value any, path ...string) {
	t.Helper()
	if err := unstructured.SetNestedField(deployment, value, append([]string{"spec", "template"}, path...)...); err != nil {
		t.Fatal(err)
	}
}

func remove(deployment map[string]any, path ...string) {
	unstructured.RemoveNestedField(deployment, append([]string{"spec", "template"}, path...)...)
}

// container of the gateway, changed in place.
func container(deployment map[string]any) map[string]any {
	spec := deployment["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
	return spec["containers"].([]any)[0].(map[string]any)
}

func TestAGatewayIsFilledInAndRestricted(t *testing.T) {
	for name, mesh := range map[string]*injection.Mesh{"with the CNI plugin": withCNI, "without": injection.New()} {
		for _, namespace := range []string{"", "istio-injection: enabled", "pod-security.kubernetes.io/enforce: restricted"} {
			t.Run(name+", "+namespace, func(t *testing.T) {
				given, _ := gateway(t)
				given.Objects = append(given.Objects, parse(t, labelled(namespace)).Objects...)
				messages, checked := found(t, mesh, given)
				if len(messages) > 0 || checked != 1 {
					t.Errorf("%d workloads, %q", checked, messages)
				}
			})
		}
	}
}

func TestASpoiledGatewayIsNoticed(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(t *testing.T, deployment map[string]any)
		want  string
	}{
		{"no seccompProfile", func(t *testing.T, d map[string]any) { remove(d, "spec", "securityContext", "seccompProfile") },
			"restricted once it is injected: seccompProfile (pod or container \"istio-proxy\" must set securityContext.seccompProfile.type"},
		{"root", func(t *testing.T, d map[string]any) {
			container(d)["securityContext"].(map[string]any)["runAsUser"] = int64(0)
		}, "restricted as it is written: runAsUser=0 (container \"istio-proxy\" must not set runAsUser=0"},
		{"a capability", func(t *testing.T, d map[string]any) {
			container(d)["securityContext"].(map[string]any)["capabilities"] = map[string]any{"drop": []any{"ALL"}, "add": []any{"NET_ADMIN"}}
		}, "must not include \"NET_ADMIN\""},
		{"capabilities that are kept", func(t *testing.T, d map[string]any) {
			delete(container(d)["securityContext"].(map[string]any), "capabilities")
		}, "must set securityContext.capabilities.drop=[\"ALL\"]"},
		{"no label", func(t *testing.T, d map[string]any) { remove(d, "metadata", "labels", "sidecar.istio.io/inject") }, "no image is called auto"},
		{"a label that says no", func(t *testing.T, d map[string]any) {
			set(t, d, "false", "metadata", "labels", "sidecar.istio.io/inject")
		}, "no image is called auto"},
		{"a template that there is not", func(t *testing.T, d map[string]any) {
			set(t, d, "gateways", "metadata", "annotations", "inject.istio.io/templates")
		}, "requested template \"gateways\" not found"},
		{"the template of sidecars", func(t *testing.T, d map[string]any) { remove(d, "metadata", "annotations") }, "is not started as a gateway"},
		{"another name of its container", func(t *testing.T, d map[string]any) { container(d)["name"] = "proxy" }, "no image is called auto"},
		{"the token of the account", func(t *testing.T, d map[string]any) { remove(d, "spec", "automountServiceAccountToken") }, "has a token for the Kubernetes API"},
		{"that token, mounted by hand", func(t *testing.T, d map[string]any) {
			container(d)["volumeMounts"] = []any{map[string]any{"name": "istio-token", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}}
		}, "container istio-proxy has a token for the Kubernetes API"},
		{"another image", func(t *testing.T, d map[string]any) {
			set(t, d, map[string]any{"inject.istio.io/templates": "gateway", "sidecar.istio.io/proxyImage": "registry.example.com/other:1"}, "metadata", "annotations")
		}, "has the image registry.example.com/other:1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			given, deployment := gateway(t)
			c.spoil(t, deployment)
			if messages, _ := found(t, withCNI, given); !strings.Contains(strings.Join(messages, "\n"), c.want) {
				t.Errorf("want %q, got %q", c.want, messages)
			}
		})
	}
}

// Labels of the namespace come before those of the pod: this is why a gateway may stay without an image.
func TestTheRevisionOfAGateway(t *testing.T) {
	cases := []struct {
		namespace, pod, want string
	}{
		{"", "", "istiod.istio-system.svc:15012"},
		{"", "1-31", "istiod-1-31.istio-system.svc:15012"},
		{"", "default", "istiod.istio-system.svc:15012"},
		{"istio.io/rev: 1-30", "", "istiod-1-30.istio-system.svc:15012"},
		{"istio.io/rev: 1-30", "1-31", "istiod-1-30.istio-system.svc:15012"},
		{"istio-injection: enabled", "1-31", "istiod.istio-system.svc:15012"},
		{"istio-injection: disabled", "", "nobody"},
		{"istio-injection: disabled", "1-31", "nobody"},
	}
	for _, c := range cases {
		t.Run(c.namespace+" and "+c.pod, func(t *testing.T) {
			_, deployment := gateway(t)
			if c.pod != "" {
				set(t, deployment, c.pod, "metadata", "labels", "istio.io/rev")
			}
			if got := injectedBy(t, deployment, c.namespace); got != c.want {
				t.Errorf("want %s, got %s", c.want, got)
			}
		})
	}
}

// injectedBy is the istiod that a pod of a Deployment has its certificate from.
func injectedBy(t *testing.T, deployment map[string]any, namespace string) string {
	t.Helper()
	template, _, _ := unstructured.NestedMap(deployment, "spec", "template")
	pod := &corev1.Pod{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(template, pod); err != nil {
		t.Fatal(err)
	}
	pod.Namespace = "edge"
	injected, asked, err := withCNI.Inject(pod, parse(t, labelled(namespace)).Objects[0].GetLabels())
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range injected.Spec.Containers[0].Env {
		if variable.Name == "CA_ADDR" && asked {
			return variable.Value
		}
	}
	return "nobody"
}

const (
	locked  = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { istio-injection: enabled, pod-security.kubernetes.io/enforce: restricted } }\n---\n"
	harmful = "containers: [{ name: main, image: registry.example.com/app:1 }]"
	safe    = "securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }, " +
		"containers: [{ name: main, image: registry.example.com/app:1, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }]"
)

func workload(kind, pod string) string {
	template := "template: { metadata: { labels: { app: orders } }, spec: { " + pod + " } }"
	switch kind {
	case "CronJob":
		return "apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: orders, namespace: shop }\nspec: { schedule: '@daily', jobTemplate: { spec: { " + template + " } } }\n"
	case "Job":
		return "apiVersion: batch/v1\nkind: Job\nmetadata: { name: orders, namespace: shop }\nspec: { " + template + " }\n"
	}
	return "apiVersion: apps/v1\nkind: " + kind + "\nmetadata: { name: orders, namespace: shop }\nspec: { " + template + " }\n"
}

func TestWhatANamespaceEnforcesHoldsForItsWorkloads(t *testing.T) {
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"} {
		t.Run(kind, func(t *testing.T) {
			if messages, checked := found(t, withCNI, parse(t, locked+workload(kind, safe))); len(messages) > 0 || checked != 1 {
				t.Errorf("%d workloads, %q", checked, messages)
			}
			if messages, _ := found(t, withCNI, parse(t, locked+workload(kind, harmful))); len(messages) != 1 || !strings.Contains(messages[0], "container \"main\" must set") {
				t.Errorf("nothing noticed: %q", messages)
			}
		})
	}
	if messages, checked := found(t, withCNI, parse(t, workload("Deployment", harmful))); len(messages) > 0 || checked != 0 {
		t.Errorf("a namespace that enforces nothing: %d workloads, %q", checked, messages)
	}
}

func TestASidecarNeedsTheCNIPlugin(t *testing.T) {
	messages, _ := found(t, injection.New(), parse(t, locked+workload("Deployment", safe)))
	if len(messages) != 1 || !strings.Contains(messages[0], "istio-init") || !strings.Contains(messages[0], "NET_ADMIN") {
		t.Errorf("want istio-init with NET_ADMIN, got %q", messages)
	}
}
