// Package pods checks what the pods of a set are once Istio's injector has been through them, against the Pod Security Standards, with the evaluator that the API
// server runs.
package pods

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	defaults "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"cdk8s-istio-egress/conformance/internal/injection"
	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// Check is the name of this check in a report.
const Check = "pods"

const (
	proxy = "istio-proxy"
	// auto is the image that an injector replaces.
	auto = "auto"
	// ca is the audience of the token that istiod takes.
	ca = "istio-ca"
	// tokens is where Kubernetes mounts the token for its own API.
	tokens = "/var/run/secrets/kubernetes.io/serviceaccount"
)

var restricted = api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}

// Checker knows an installation of Istio.
type Checker struct {
	mesh      *injection.Mesh
	standards policy.Evaluator
}

// New checker of pods that Istio injects.
func New(mesh *injection.Mesh) (*Checker, error) {
	standards, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	return &Checker{mesh, standards}, err
}

// Run checks the gateways of a set, and every workload of its namespaces that enforce a Pod Security Standard.
func (c *Checker) Run(set *manifests.Set) *verdict.Result {
	result := verdict.New(set.Name, Check, "workloads")
	objects := set.Namespaced()
	for _, o := range objects {
		pod := podOf(o)
		if pod == nil {
			continue // no workload, or one that the check of Kubernetes' own kinds complains about
		}
		namespace := labelsOf(objects, pod.Namespace)
		enforced, problems := api.PolicyToEvaluate(namespace, api.Policy{Enforce: api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()}})
		if err := problems.ToAggregate(); err != nil {
			result.Find("Namespace "+pod.Namespace, err.Error())
		}
		isGateway := asksForGateway(pod)
		if !isGateway && enforced.Enforce.Level == api.LevelPrivileged {
			continue
		}
		result.Checked++
		find := func(message string) { result.Find(manifests.Subject(o), message) }
		if isGateway {
			c.gateway(pod, namespace, find)
		} else {
			c.enforced(pod, namespace, enforced.Enforce, find)
		}
	}
	return result
}

// podOf a workload, as its controller creates it.
func podOf(o *unstructured.Unstructured) *corev1.Pod {
	path := []string{"spec", "template"}
	switch o.GetKind() {
	case "Deployment", "StatefulSet", "DaemonSet", "Job":
	case "CronJob":
		path = []string{"spec", "jobTemplate", "spec", "template"}
	default:
		return nil
	}
	raw, _, _ := unstructured.NestedMap(o.Object, path...)
	template := &corev1.PodTemplateSpec{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, template); err != nil {
		return nil
	}
	controls := true
	owner := metav1.OwnerReference{APIVersion: o.GetAPIVersion(), Kind: o.GetKind(), Name: o.GetName(), Controller: &controls}
	if o.GetKind() == "CronJob" {
		owner = metav1.OwnerReference{APIVersion: batchv1.SchemeGroupVersion.String(), Kind: "Job", Name: o.GetName() + "-29000000", Controller: &controls}
	}
	pod := &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Namespace, pod.GenerateName, pod.OwnerReferences = o.GetNamespace(), owner.Name+"-", []metav1.OwnerReference{owner}
	defaults.SetObjectDefaults_Pod(pod)
	return pod
}

// labelsOf a namespace, as the set declares it.
func labelsOf(objects []*unstructured.Unstructured, name string) map[string]string {
	found := map[string]string{}
	for _, o := range objects {
		if o.GetKind() == "Namespace" && o.GetName() == name {
			maps.Copy(found, o.GetLabels())
		}
	}
	found[corev1.LabelMetadataName] = name
	return found
}

func asksForGateway(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Image == auto })
}

func containerOf(pod *corev1.Pod) *corev1.Container {
	at := slices.IndexFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Name == proxy })
	if at < 0 {
		return nil
	}
	return &pod.Spec.Containers[at]
}

// enforced standard of a namespace: PodSecurity looks at pods after every injector, whichever kind of sidecar the nodes are ready for.
func (c *Checker) enforced(pod *corev1.Pod, namespace map[string]string, level api.LevelVersion, find func(string)) {
	for _, native := range []bool{false, true} {
		asked := pod.DeepCopy()
		if asked.Annotations == nil {
			asked.Annotations = map[string]string{}
		}
		asked.Annotations["sidecar.istio.io/nativeSidecar"] = strconv.FormatBool(native)
		injected, _, err := c.mesh.Inject(asked, namespace)
		if err != nil {
			find(err.Error())
			return
		}
		if detail := c.violations(injected, level); detail != "" {
			find(fmt.Sprintf("its namespace enforces the Pod Security Standard %s, and it is violated with nativeSidecar %t: %s", level.Level, native, detail))
			return
		}
	}
}

// gateway that the library deploys: restricted as it is written, for namespaces that warn of templates, and as it is created.
func (c *Checker) gateway(pod *corev1.Pod, namespace map[string]string, find func(string)) {
	if detail := c.violations(pod, restricted); detail != "" {
		find("violates the Pod Security Standard restricted as it is written: " + detail)
	}
	injected, _, err := c.mesh.Inject(pod, namespace)
	if err != nil {
		find(err.Error())
		return
	}
	if asksForGateway(injected) {
		find("no injector fills it in, and no image is called auto")
		return
	}
	if detail := c.violations(injected, restricted); detail != "" {
		find("violates the Pod Security Standard restricted once it is injected: " + detail)
	}
	filledIn(injected, find)
	kept(containerOf(pod), containerOf(injected), find)
}

func (c *Checker) violations(pod *corev1.Pod, level api.LevelVersion) string {
	result := policy.AggregateCheckResults(c.standards.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec))
	if result.Allowed {
		return ""
	}
	return result.ForbiddenDetail()
}

// filledIn says whether a pod has what a gateway needs of its injector, and no token for the Kubernetes API.
func filledIn(pod *corev1.Pod, find func(string)) {
	container := containerOf(pod)
	if !strings.Contains(container.Image, "/proxyv2:") {
		find("has the image " + container.Image)
	}
	if len(container.Args) < 2 || container.Args[0] != "proxy" || container.Args[1] != "router" {
		find(fmt.Sprintf("is not started as a gateway: %v", container.Args))
	}
	if container.ReadinessProbe == nil || container.ReadinessProbe.HTTPGet == nil || container.ReadinessProbe.HTTPGet.Path != "/healthz/ready" {
		find("has no readiness probe: the Service would send it connections before it knows where to")
	}
	if !slices.ContainsFunc(container.VolumeMounts, func(mount corev1.VolumeMount) bool { return audienceOf(pod, mount.Name) == ca }) {
		find("mounts no token with the audience " + ca + ": istiod gives it no identity")
	}
	if pod.Spec.AutomountServiceAccountToken == nil || *pod.Spec.AutomountServiceAccountToken {
		find("has a token for the Kubernetes API")
	}
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		for _, mount := range c.VolumeMounts {
			if strings.HasPrefix(mount.MountPath, tokens) {
				find("container " + c.Name + " has a token for the Kubernetes API")
			}
		}
	}
}

// audienceOf the service account token in a volume.
func audienceOf(pod *corev1.Pod, volume string) string {
	for _, v := range pod.Spec.Volumes {
		if v.Name != volume || v.Projected == nil {
			continue
		}
		for _, source := range v.Projected.Sources {
			if source.ServiceAccountToken != nil {
				return source.ServiceAccountToken.Audience
			}
		}
	}
	return ""
}

// kept is what the manifest says and the injector must not change.
func kept(written, injected *corev1.Container, find func(string)) {
	if !equality.Semantic.DeepEqual(written.SecurityContext, injected.SecurityContext) {
		find("its security context is not the one of the manifest once it is injected")
	}
	if !equality.Semantic.DeepEqual(written.Resources, injected.Resources) {
		find("its resources are not those of the manifest once it is injected")
	}
	for _, variable := range written.Env {
		if !slices.ContainsFunc(injected.Env, func(v corev1.EnvVar) bool { return equality.Semantic.DeepEqual(v, variable) }) {
			find("loses the variable " + variable.Name)
		}
	}
	for _, port := range written.Ports {
		if !slices.Contains(injected.Ports, port) {
			find(fmt.Sprintf("loses the port %d", port.ContainerPort))
		}
	}
}
