// Package injection does to pods what Istio's injector does when they are created. The injector is istiod's own, in process, with the templates, the values and
// the selectors that Istio's charts install.
package injection

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	jsonpatch "github.com/evanphx/json-patch/v5"
	admission "k8s.io/api/admission/v1"
	admissionregistration "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	defaults "k8s.io/kubernetes/pkg/apis/core/v1"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/operator/pkg/render"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/mesh/meshwatcher"
	"istio.io/istio/pkg/kube/inject"
	"istio.io/istio/pkg/kube/multicluster"
)

// WithCNI installs Istio with its CNI plugin: pods have no container that sets up the redirection.
const WithCNI = "components.cni.enabled=true"

// revisionLabel of a pod or namespace names the control plane whose injector is meant.
const revisionLabel = "istio.io/rev"

// Mesh is the injectors of an installation of Istio: that of the default revision, and that of every revision that somebody asks for.
type Mesh struct {
	flags     []string
	lock      sync.Mutex
	injectors map[string]*injector
}

// New installation; flags are those of "istioctl manifest generate --set".
func New(flags ...string) *Mesh {
	return &Mesh{flags: flags, injectors: map[string]*injector{}}
}

// Inject gives the pod as it is created in a namespace with these labels, and whether any injector was asked. The API server fills in defaults before and after.
func (m *Mesh) Inject(given *corev1.Pod, namespace map[string]string) (*corev1.Pod, bool, error) {
	pod := given.DeepCopy()
	defaults.SetObjectDefaults_Pod(pod)
	for _, revision := range []string{"", pod.Labels[revisionLabel], namespace[revisionLabel]} {
		i, err := m.of(revision)
		if err != nil {
			return nil, false, err
		}
		if i.called(pod, namespace) {
			injected, err := i.inject(pod)
			return injected, true, err
		}
	}
	return pod, false, nil
}

func (m *Mesh) of(revision string) (*injector, error) {
	if revision == "default" {
		revision = ""
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.injectors[revision] == nil {
		i, err := install(revision, m.flags)
		if err != nil {
			return nil, err
		}
		m.injectors[revision] = i
	}
	return m.injectors[revision], nil
}

// injector of one revision.
type injector struct {
	mux      *http.ServeMux
	webhooks []selectors
}

// selectors of a webhook.
type selectors struct {
	namespace, object labels.Selector
}

func install(revision string, flags []string) (*injector, error) {
	all := append([]string{"profile=empty", "components.pilot.enabled=true", "revision=" + revision}, flags...)
	rendered, _, err := render.GenerateManifest(nil, all, false, nil, nil)
	if err != nil {
		return nil, err
	}
	objects := map[string]*unstructured.Unstructured{}
	for _, component := range rendered {
		for _, o := range component.Manifests {
			objects[o.GetKind()+" "+strings.TrimSuffix(o.GetName(), "-"+revision)] = o.Unstructured
		}
	}
	injection, settings := objects["ConfigMap istio-sidecar-injector"], objects["ConfigMap istio"]
	webhook := objects["MutatingWebhookConfiguration istio-sidecar-injector"]
	if injection == nil || settings == nil || webhook == nil {
		return nil, errors.New("the charts of Istio have no injector: it moved in this release")
	}
	i := &injector{mux: http.NewServeMux()}
	if i.webhooks, err = selectorsOf(webhook); err != nil {
		return nil, err
	}
	config, err := mesh.ApplyMeshConfig(data(settings, "mesh"), mesh.DefaultMeshConfig())
	if err != nil {
		return nil, err
	}
	return i, i.serve(revision, data(injection, "config"), data(injection, "values"), config)
}

func data(configMap *unstructured.Unstructured, key string) string {
	text, _, _ := unstructured.NestedString(configMap.Object, "data", key)
	return text
}

func selectorsOf(o *unstructured.Unstructured) ([]selectors, error) {
	configuration := &admissionregistration.MutatingWebhookConfiguration{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, configuration); err != nil {
		return nil, err
	}
	found := []selectors{}
	for _, webhook := range configuration.Webhooks {
		namespace, err := metav1.LabelSelectorAsSelector(webhook.NamespaceSelector)
		if err != nil {
			return nil, err
		}
		object, err := metav1.LabelSelectorAsSelector(webhook.ObjectSelector)
		if err != nil {
			return nil, err
		}
		found = append(found, selectors{namespace, object})
	}
	return found, nil
}

func (i *injector) serve(revision, templates, values string, config *meshconfig.MeshConfig) error {
	parsed, err := inject.UnmarshalConfig([]byte(templates))
	if err != nil {
		return err
	}
	env := model.NewEnvironment()
	env.Watcher = meshwatcher.NewTestWatcher(config)
	_, err = inject.NewWebhook(inject.WebhookParameters{
		Watcher:  fixed{&parsed, values},
		Env:      env,
		Mux:      i.mux,
		Revision: revision,
		// Without nodes the sidecar is an ordinary container, unless an annotation of the pod says otherwise.
		MultiCluster: multicluster.NewFakeController(),
	})
	return err
}

// fixed configuration, which nobody changes.
type fixed struct {
	config *inject.Config
	values string
}

func (f fixed) SetHandler(func(*inject.Config, string) error) {}
func (f fixed) Run(<-chan struct{})                           {}
func (f fixed) Get() (*inject.Config, string, error)          { return f.config, f.values, nil }

// called says whether the API server asks this injector.
func (i *injector) called(pod *corev1.Pod, namespace map[string]string) bool {
	for _, webhook := range i.webhooks {
		if webhook.namespace.Matches(labels.Set(namespace)) && webhook.object.Matches(labels.Set(pod.Labels)) {
			return true
		}
	}
	return false
}

func (i *injector) inject(pod *corev1.Pod) (*corev1.Pod, error) {
	raw, err := json.Marshal(pod)
	if err != nil {
		return nil, err
	}
	review, err := i.ask(raw, pod.Namespace)
	switch {
	case err != nil:
		return nil, err
	case review.Response == nil:
		return nil, errors.New("the injector answers nothing")
	case review.Response.Result != nil && review.Response.Result.Message != "":
		return nil, fmt.Errorf("the injector refuses the pod: %s", review.Response.Result.Message)
	case len(review.Response.Patch) == 0:
		return pod, nil
	}
	patch, err := jsonpatch.DecodePatch(review.Response.Patch)
	if err != nil {
		return nil, err
	}
	patched, err := patch.Apply(raw)
	if err != nil {
		return nil, err
	}
	injected := &corev1.Pod{}
	if err := json.Unmarshal(patched, injected); err != nil {
		return nil, err
	}
	defaults.SetObjectDefaults_Pod(injected)
	return injected, nil
}

func (i *injector) ask(pod []byte, namespace string) (*admission.AdmissionReview, error) {
	body, err := json.Marshal(admission.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admission.AdmissionRequest{
			UID:       "1",
			Kind:      metav1.GroupVersionKind{Version: "v1", Kind: "Pod"},
			Namespace: namespace,
			Operation: admission.Create,
			Object:    runtime.RawExtension{Raw: pod},
		},
	})
	if err != nil {
		return nil, err
	}
	request := httptest.NewRequest(http.MethodPost, "/inject", strings.NewReader(string(body)))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	i.mux.ServeHTTP(recorder, request)
	review := &admission.AdmissionReview{}
	return review, json.Unmarshal(recorder.Body.Bytes(), review)
}
